// A robot that minds how the person in front of it feels; it prints what it would do.
//   ros2 run mer_ros_behaviortree_example empathetic_robot TREE.xml

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

#include "behaviortree_cpp/bt_factory.h"
#include "mer_ros_behaviortree_example/person_feels.hpp"
#include "rclcpp/rclcpp.hpp"

// Does something for as long as the tree lets it; here it only says so.
class Act : public BT::StatefulActionNode
{
public:
  using BT::StatefulActionNode::StatefulActionNode;

  static BT::PortsList providedPorts()
  {
    return {BT::InputPort<std::string>("doing", "what the robot does")};
  }

  BT::NodeStatus onStart() override
  {
    const std::string doing = getInput<std::string>("doing").value_or(name());
    std::printf("robot: %-14s %s\n", name().c_str(), doing.c_str());
    std::fflush(stdout);
    return BT::NodeStatus::RUNNING;
  }

  BT::NodeStatus onRunning() override {return BT::NodeStatus::RUNNING;}

  void onHalted() override {}
};

int main(int argc, char ** argv)
{
  const auto arguments = rclcpp::init_and_remove_ros_arguments(argc, argv);
  if (arguments.size() != 2) {
    std::fprintf(stderr, "usage: empathetic_robot TREE.xml [--ros-args ...]\n");
    return 2;
  }
  const auto node = std::make_shared<rclcpp::Node>("empathetic_robot");

  BT::BehaviorTreeFactory factory;
  factory.registerNodeType<mer_ros_behaviortree_example::PersonFeels>("PersonFeels", node);
  factory.registerNodeType<Act>("Act");
  auto tree = factory.createTreeFromFile(arguments[1]);

  while (rclcpp::ok()) {
    rclcpp::spin_some(node);   // states are heard between two ticks, never during one
    tree.tickOnce();
    tree.sleep(std::chrono::milliseconds(100));
  }
  rclcpp::shutdown();
  return 0;
}
