"""The parameters of the replay node."""

from mer_ros.nodes.base.parameters import Parameter

PARAMETERS = (
    Parameter(name='bag', default='',
              description='The bag to replay: a folder, or a .mcap or .db3 file.'),
    Parameter(name='rate', default=1.0, range=(0.01, 1000.0),
              description='Recorded seconds that pass in a second.'),
    Parameter(name='start', default=0.0, range=(0.0, 1e6),
              description='Seconds of the beginning to leave out.'),
    Parameter(name='loop', default=False,
              description='Begin again after the end, until interrupted.'),
    Parameter(name='clock', default=True,
              description='Publish /clock, for nodes that run with use_sim_time.'),
    Parameter(name='topics', default=[''],
              description='Topics to replay, as named in the bag; all when empty.'),
    Parameter(name='wait_for', default=10.0, range=(0.0, 3600.0),
              description='Longest wait in seconds for a subscriber on every topic.'),
    Parameter(name='tail', default=2.0, range=(0.0, 3600.0),
              description='Seconds to keep the clock running after the last message, in real time '
                          'at every rate, so that deadlines still fire.'),
    Parameter(name='reliable', default=False,
              description='Publish RELIABLE also what was recorded BEST_EFFORT, so that nothing '
                          'is lost.'),
    Parameter(name='progress', default=True,
              description='Show a progress bar, if standard error is a terminal.'),
)
