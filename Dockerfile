# mer_ros with its built-in models, for a robot or a laptop:
#   docker build -t mer_ros .
#   docker run --rm --network host --ipc host mer_ros
ARG ROS_DISTRO=jazzy
FROM ros:${ROS_DISTRO}-ros-base
ARG ROS_DISTRO
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
WORKDIR /opt/mer_ros

# Everything that ROS and Ubuntu package.
COPY package.xml src/mer_ros/package.xml
RUN apt-get update \
 && rosdep update --rosdistro "$ROS_DISTRO" \
 && rosdep install --from-paths src --ignore-src -y --rosdistro "$ROS_DISTRO" \
      --dependency-types=buildtool --dependency-types=build --dependency-types=exec \
 && apt-get install -y --no-install-recommends python3-venv \
 && rm -rf /var/lib/apt/lists/*

# The rest of Python beside it; NumPy stays that of the distribution.
COPY requirements src/mer_ros/requirements
RUN python3 -m venv --system-site-packages .venv \
 && touch .venv/COLCON_IGNORE \
 && .venv/bin/pip install --no-cache-dir -r src/mer_ros/requirements/runtime.txt \
      "numpy==$(python3 -c 'import numpy; print(numpy.__version__)')" \
 && .venv/bin/pip install --no-cache-dir --no-deps -r src/mer_ros/requirements/detector.txt

COPY . src/mer_ros
RUN source "/opt/ros/$ROS_DISTRO/setup.bash" \
 && source .venv/bin/activate \
 && colcon build --packages-select mer_ros \
 && rm -rf build log

RUN useradd --create-home --groups audio,video robot
USER robot
ENTRYPOINT ["/opt/mer_ros/src/mer_ros/docker/entrypoint.sh"]
# Loads every model, so not often.
HEALTHCHECK --interval=10m --timeout=60s --start-period=60s \
  CMD ["/opt/mer_ros/src/mer_ros/docker/entrypoint.sh", "mer_ros", "doctor"]
CMD ["ros2", "launch", "mer_ros", "mer.launch.py", "single_process:=true"]
