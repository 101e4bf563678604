#!/usr/bin/env bash
# Runs a command in the environment of the workspace.
set -e
source /opt/mer_ros/install/setup.bash
exec "$@"
