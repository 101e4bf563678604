"""The parameters of the replay node."""

from mer_ros.nodes.base.parameters import Parameter

PARAMETERS = (
    Parameter(name='bag', default='',
              description='the bag to replay: a folder, or a .mcap or .db3 file'),
    Parameter(name='rate', default=1.0, range=(0.01, 1000.0),
              description='playback rate: recorded seconds per second'),
    Parameter(name='start', default=0.0, range=(0.0, 1e6),
              description='offset (s) from the beginning of the bag'),
    Parameter(name='loop', default=False,
              description='restart at the end, until interrupted'),
    Parameter(name='clock', default=True,
              description='publish /clock, for nodes with use_sim_time'),
    Parameter(name='topics', default=[''],
              description='topics to replay, as named in the bag; empty = all'),
    Parameter(name='wait_for', default=10.0, range=(0.0, 3600.0),
              description='timeout (s) while waiting for a subscriber on every topic'),
    Parameter(name='tail', default=2.0, range=(0.0, 3600.0),
              description='how long (s, real time) the clock runs on after the last message, so '
                          'that pending deadlines fire'),
    Parameter(name='reliable', default=False,
              description='publish with RELIABLE QoS, also topics recorded as BEST_EFFORT, so '
                          'that no message is lost'),
    Parameter(name='progress', default=True,
              description='show a progress bar if standard error is a terminal'),
)
