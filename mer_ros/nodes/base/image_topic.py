"""The image topic of a node, raw or compressed."""

from rclpy.node import Node
from sensor_msgs.msg import CompressedImage, Image

from mer_ros.nodes.base.parameters import Parameter

TRANSPORTS = {'raw': (Image, 'image'), 'compressed': (CompressedImage, 'image/compressed')}

IMAGE_TRANSPORT = Parameter(
    name='image_transport', default='raw', choices=tuple(TRANSPORTS),
    description='raw = subscribe to image, compressed = subscribe to image/compressed')


def other_transport(node: Node, chosen: str) -> list[str]:
    """Return a warning where images are published by a transport that was not chosen."""
    return [f'images come on {node.resolve_topic_name(topic)}: set image_transport to {transport}'
            for transport, (_, topic) in TRANSPORTS.items()
            if transport != chosen and node.count_publishers(topic)]
