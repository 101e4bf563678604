"""Behaviours for py_trees and py_trees_ros: what a robot perceives of people decides what it does.

    from mer_ros.behaviours import PersonFeels
    PersonFeels('sadness', hold_time=1.0)

Needs py_trees.  ROS is not imported before a tree is set up with ``tree.setup(node=node)``.
"""

from mer_ros.behaviours.condition import EmotionCondition
from mer_ros.behaviours.person_feels import PersonFeels
from mer_ros.behaviours.to_blackboard import EmotionToBlackboard

__all__ = ['EmotionCondition', 'EmotionToBlackboard', 'PersonFeels']
