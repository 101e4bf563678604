"""ROS messages to plain data and back; the only package that knows both."""
