"""The ROS nodes: they convert, count and publish; engines do the rest."""
