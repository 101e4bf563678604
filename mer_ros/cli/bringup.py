"""``mer_ros bringup``: the graph in one process."""

from __future__ import annotations

import click


@click.command(context_settings={'ignore_unknown_options': True})
@click.option('--executor', type=click.Choice(['auto', 'single', 'events']), default='auto',
              show_default=True, help='rclpy executor; events needs less CPU, and rclpy calls it '
                                      'experimental; auto takes it where rclpy has it.')
@click.argument('ros_arguments', nargs=-1, type=click.UNPROCESSED)
def bringup(executor: str, ros_arguments: tuple[str, ...]) -> None:
    """Run fusion, response and the nodes of the modalities in one process; takes --ros-args.

    Options: humans:=true, attention:=true, lddu:=true, response:=false.
    """
    from mer_ros.nodes.bringup import main as run

    raise SystemExit(run(['bringup', f'executor:={executor}', *ros_arguments]))
