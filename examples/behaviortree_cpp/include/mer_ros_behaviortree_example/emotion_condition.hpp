// When a person counts as feeling an emotion: mer_ros.behaviours.EmotionCondition in C++.
// It knows neither ROS nor behaviour trees; times are nanoseconds of event time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace mer_ros_behaviortree_example
{

// The part of mer_ros/msg/EmotionState that the decision rests on.
struct Perceived
{
  std::int64_t stamp;
  std::int64_t valid_for;
  bool unknown;         // the label is EmotionState::UNKNOWN
  double uncertainty;
  double probability;   // of the emotion that is asked about
};

struct Thresholds
{
  double min_probability = 0.6;
  double max_uncertainty = 0.5;
  std::int64_t hold_time = 0;
  double hysteresis = 0.1;
};

// The emotion begins with a state that passes the thresholds and ends with one that does not, once
// begun by more than the hysteresis, or when a state expires before the next one comes.
class EmotionCondition
{
public:
  explicit EmotionCondition(const Thresholds & thresholds)
  : thresholds_(thresholds) {}

  // Takes the next state in; one older than the last means that the source has restarted.
  void add(const Perceived & state)
  {
    if (last_ && (state.stamp < last_->stamp || state.stamp > last_->stamp + last_->valid_for)) {
      since_.reset();
    }
    last_ = state;
    if (!passes(state)) {
      since_.reset();
    } else if (!since_) {
      since_ = state.stamp;
    }
  }

  // Whether the emotion has held for the hold time; `now` is 0 as long as there is no time.
  bool check(std::int64_t now) const
  {
    if (!last_ || !since_ || now <= 0 || last_->valid_for == 0) {
      return false;
    }
    const std::int64_t age = now - last_->stamp;
    if (age > last_->valid_for || age < -last_->valid_for) {
      return false;
    }
    const std::int64_t newest = now > last_->stamp ? now : last_->stamp;
    return newest - *since_ >= thresholds_.hold_time;
  }

private:
  bool passes(const Perceived & state) const
  {
    const double least = thresholds_.min_probability - (since_ ? thresholds_.hysteresis : 0.0);
    return !state.unknown && state.uncertainty <= thresholds_.max_uncertainty &&
           state.probability >= least;
  }

  Thresholds thresholds_;
  std::optional<std::int64_t> since_;
  std::optional<Perceived> last_;
};

}  // namespace mer_ros_behaviortree_example
