// Prints the emotion of each person; the person without an id has person_id "".
#include <cstdio>
#include "mer_ros/msg/emotion_state.hpp"
#include "rclcpp/rclcpp.hpp"

int main(int argc, char ** argv)
{
  rclcpp::init(argc, argv);
  const auto node = rclcpp::Node::make_shared("subscriber");
  const auto subscription = node->create_subscription<mer_ros::msg::EmotionState>(
    "emotion", rclcpp::QoS(10).transient_local(),  // also the last state
    [](const mer_ros::msg::EmotionState & state) {
      std::printf("%s: %s, probability %.2f, uncertainty %.2f\n",
        state.person_id.empty() ? "anonymous" : state.person_id.c_str(), state.label.c_str(),
        state.confidence, state.uncertainty);
    });
  rclcpp::spin(node);
  rclcpp::shutdown();
}
