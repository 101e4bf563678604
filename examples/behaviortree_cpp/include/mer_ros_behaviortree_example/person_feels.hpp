// A condition of BehaviorTree.CPP: SUCCESS while a person is perceived to feel an emotion.
#pragma once

#include <algorithm>
#include <memory>
#include <string>

#include "behaviortree_cpp/condition_node.h"
#include "mer_ros/msg/emotion_state.hpp"
#include "mer_ros_behaviortree_example/emotion_condition.hpp"
#include "rclcpp/rclcpp.hpp"

namespace mer_ros_behaviortree_example
{

// Subscribes by itself instead of deriving from BT::RosTopicSubNode, which sees only the last
// message before a tick: a state between two ticks may be the one that ends a mood.
class PersonFeels : public BT::ConditionNode
{
public:
  using EmotionState = mer_ros::msg::EmotionState;

  PersonFeels(
    const std::string & name, const BT::NodeConfig & config, const rclcpp::Node::SharedPtr & node)
  : BT::ConditionNode(name, config), node_(node), condition_(thresholds())
  {
    emotion_ = required<std::string>("emotion");
    person_id_ = getInput<std::string>("person_id").value_or("");
    // The QoS of the fusion node: a tree that joins late gets the last state.
    subscription_ = node_->create_subscription<EmotionState>(
      getInput<std::string>("topic").value_or("emotion"),
      rclcpp::QoS(10).reliable().transient_local(),
      [this](const EmotionState & message) {hear(message);});
  }

  static BT::PortsList providedPorts()
  {
    return {
      BT::InputPort<std::string>("emotion", "one of the labels of the states"),
      BT::InputPort<double>("min_probability", 0.6, "from which on the person feels it"),
      BT::InputPort<double>("max_uncertainty", 0.5, "at which it is still believed"),
      BT::InputPort<double>("hold_time", 0.0, "seconds for which it must have been perceived"),
      BT::InputPort<double>("hysteresis", 0.1, "by which the probability may fall before it ends"),
      BT::InputPort<std::string>("person_id", "", "who; empty is the one anonymous person"),
      BT::InputPort<std::string>("topic", "emotion", "topic of mer_ros/msg/EmotionState"),
    };
  }

  BT::NodeStatus tick() override
  {
    const bool holds = condition_.check(node_->get_clock()->now().nanoseconds());
    return holds ? BT::NodeStatus::SUCCESS : BT::NodeStatus::FAILURE;
  }

private:
  template<typename Value>
  Value required(const std::string & port)
  {
    const auto value = getInput<Value>(port);
    if (!value) {
      throw BT::RuntimeError(name(), ": ", value.error());
    }
    return value.value();
  }

  Thresholds thresholds()
  {
    return {
      required<double>("min_probability"), required<double>("max_uncertainty"),
      rclcpp::Duration::from_seconds(required<double>("hold_time")).nanoseconds(),
      required<double>("hysteresis")};
  }

  void hear(const EmotionState & message)
  {
    if (message.person_id != person_id_) {
      return;
    }
    const auto found = std::find(message.labels.begin(), message.labels.end(), emotion_);
    if (found == message.labels.end()) {
      RCLCPP_ERROR_THROTTLE(
        node_->get_logger(), *node_->get_clock(), 5000,
        "%s: the states have no label '%s'", name().c_str(), emotion_.c_str());
      return;
    }
    condition_.add({
      rclcpp::Time(message.header.stamp).nanoseconds(),
      rclcpp::Duration(message.valid_for).nanoseconds(),
      message.label == EmotionState::UNKNOWN,
      message.uncertainty,
      message.probability[static_cast<std::size_t>(found - message.labels.begin())]});
  }

  rclcpp::Node::SharedPtr node_;
  std::string emotion_;
  std::string person_id_;
  EmotionCondition condition_;
  rclcpp::Subscription<EmotionState>::SharedPtr subscription_;
};

}  // namespace mer_ros_behaviortree_example
