"""Read, write and pace rosbag2 recordings without a ROS installation."""

from mer_ros.bags.errors import BagError
from mer_ros.bags.reader import BagMessage, BagReader, BagTopic
from mer_ros.bags.writer import BagWriter

__all__ = ['BagError', 'BagMessage', 'BagReader', 'BagTopic', 'BagWriter']
