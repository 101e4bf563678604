"""What the robot could say to a person whose emotion it perceives; without ROS."""
