# Runs a talker ($1) and, on a second host that knows its address, a spy ($2), each with a network and a
# shared memory of its own.  Run it with `unshare`, as test_other_hosts_stay_out.py does.
set -e
mount -t tmpfs shm /dev/shm
ip link set lo up
unshare --net --mount sh -c '
  mount -t tmpfs shm /dev/shm
  ip link set lo up
  while ! ip address add 10.9.0.2/24 dev spy 2>/dev/null; do sleep 0.1; done
  ip link set spy up
  until ip link show spy | grep -q "state UP"; do sleep 0.1; done
  unset FASTRTPS_DEFAULT_PROFILES_FILE
  ROS_STATIC_PEERS=10.9.0.1 exec $0' "$2" &
spy=$!
while [ "$(readlink /proc/$spy/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.1; done
ip link add robot type veth peer name spy netns $spy
ip address add 10.9.0.1/24 dev robot
ip link set robot up
# The kernel tells up to a second after it; a node that starts before does not use the link.
until ip link show robot | grep -q 'state UP'; do sleep 0.1; done
sh -c "$1" &
wait $spy
