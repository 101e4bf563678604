"""The ROS nodes: they convert, count and publish; engines do the rest."""

from mer_ros.blas import use_one_thread

use_one_thread()
