"""The layout for Foxglove names panels, topics and fields that exist."""

import json
import re

import pytest

from mer_ros.bags.typestore import typestore
from mer_ros.colours import colour_of
from mer_ros.emotions import EMOTIONS

PERSON = '/emotion{person_id==$person}'


@pytest.fixture(scope='module')
def layout(repository):
    return json.loads((repository / 'config' / 'foxglove_layout.json').read_text())


def leaves(node):
    """Return the panels of a mosaic."""
    return [node] if isinstance(node, str) else leaves(node['first']) + leaves(node['second'])


def paths(layout):
    """Return every path to what a message of the topic emotion holds."""
    return [path['value'] for panel in layout['configById'].values()
            for path in panel.get('paths', [])]


def test_every_panel_stands_in_the_layout_once(layout):
    assert sorted(leaves(layout['layout'])) == sorted(layout['configById'])


def test_every_path_leads_to_a_field_of_one_person(layout):
    assert layout['globalVariables'] == {'person': ''}
    kinds = typestore().fielddefs
    for path in paths(layout):
        assert path.startswith(f'{PERSON}.')
        fields = {name for name, _ in kinds['mer_ros/msg/EmotionState'][1]}
        for step in re.sub(r'\[.*?\]|\{.*?\}', '', path.removeprefix(PERSON)).split('.')[1:]:
            assert step in fields, path
            fields = {name for name, _ in kinds['mer_ros/msg/ModalityOpinion'][1]}


def test_each_emotion_is_plotted_in_its_place_and_colour(layout):
    lines = layout['configById']['Plot!probability']['paths']
    assert [(line['value'], line['label'], line['color']) for line in lines] == [
        (f'{PERSON}.probability[{k}]', label, colour_of(label))
        for k, label in enumerate(EMOTIONS)]
