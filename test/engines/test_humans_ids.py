"""Who is who among faces, bodies, voices and persons."""

from itertools import pairwise, permutations
import random

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from mer_ros.data import BadInput
from mer_ros.engines.humans_ids import HumanIds, MATCHES_KEPT

FACE, OTHER_FACE, BODY, VOICE = ('face', 'f1'), ('face', 'f2'), ('body', 'b1'), ('voice', 'v1')
ANA, BEN = ('person', 'ana'), ('person', 'ben')

HUMANS = [(kind, f'{kind}_{number}') for kind in ('person', 'face', 'body', 'voice')
          for number in range(3)]
PAIRS = st.sampled_from([(one, other) for one in HUMANS for other in HUMANS if one < other])
MATCHES = st.dictionaries(PAIRS, st.sampled_from([0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]))


def matched(*matches, **options):
    ids = HumanIds(**options)
    for one, other, confidence in matches:
        ids.match(one, other, confidence)
    return ids


def everybody(ids):
    return {human: ids.person_of(*human) for human in HUMANS if human[0] in ('face', 'voice')}


def test_without_matches_a_face_goes_by_its_own_id_and_a_voice_by_none():
    ids = HumanIds()
    assert ids.person_of(*FACE) == 'f1'
    assert ids.person_of(*VOICE) == ''


def test_the_most_confident_person_counts_whichever_way_round_the_pair_is_given():
    ids = matched((FACE, ANA, 0.6), (BEN, FACE, 0.9))
    assert ids.person_of(*FACE) == 'ben'


def test_a_match_below_the_threshold_counts_for_nothing():
    assert matched((FACE, ANA, 0.49)).person_of(*FACE) == 'f1'
    assert matched((FACE, ANA, 0.49), threshold=0.4).person_of(*FACE) == 'ana'


def test_confidence_zero_ends_a_match_even_where_every_confidence_counts():
    ids = matched((FACE, ANA, 0.1), threshold=0.0)
    assert ids.person_of(*FACE) == 'ana'
    ids.match(ANA, FACE, 0.0)
    assert ids.person_of(*FACE) == 'f1'


def test_of_two_messages_about_the_same_pair_the_later_counts():
    ids = matched((FACE, ANA, 0.9), (FACE, BEN, 0.8))
    ids.match(FACE, ANA, 0.6)
    assert ids.person_of(*FACE) == 'ben'


def test_a_voice_shares_the_id_of_its_face_directly_or_through_the_person():
    assert matched((VOICE, FACE, 0.9)).person_of(*VOICE) == 'f1'
    through = matched((VOICE, ANA, 0.9), (FACE, ANA, 0.9))
    assert through.person_of(*VOICE) == through.person_of(*FACE) == 'ana'
    assert matched((VOICE, FACE, 0.9), (FACE, ANA, 0.9)).person_of(*VOICE) == 'ana'


def test_a_voice_stays_with_its_face_when_the_path_to_the_person_is_too_unlikely():
    ids = matched((VOICE, FACE, 0.6), (FACE, ANA, 0.6))  # 0.36 from the voice to ana
    assert ids.person_of(*VOICE) == ids.person_of(*FACE) == 'ana'


def test_bodies_join_what_is_not_matched_directly_as_long_as_it_is_likely():
    likely = matched((FACE, BODY, 0.8), (BODY, VOICE, 0.8), (BODY, ANA, 0.8))
    assert likely.person_of(*FACE) == likely.person_of(*VOICE) == 'ana'
    assert matched((FACE, BODY, 0.7), (BODY, ANA, 0.7)).person_of(*FACE) == 'f1'


def test_one_voice_does_not_make_two_faces_the_same_person():
    ids = matched((FACE, VOICE, 1.0), (VOICE, OTHER_FACE, 1.0), (OTHER_FACE, ANA, 1.0))
    assert ids.person_of(*OTHER_FACE) == 'ana'
    assert ids.person_of(*FACE) == 'f1'


def test_the_faces_of_a_person_are_those_that_are_followed():
    ids = matched((FACE, ANA, 0.9), (OTHER_FACE, ANA, 0.9), (VOICE, ANA, 0.9))
    assert ids.faces_of('ana') == ()
    ids.track('face', ['f2', 'f1', 'f3'])
    assert ids.faces_of('ana') == ('f2', 'f1')
    assert ids.faces_of('f3') == ('f3',)
    assert ids.faces_of('f1') == ids.faces_of('') == ()


def test_faces_and_voices_come_and_go_and_the_known_ones_keep_their_place():
    ids = HumanIds(limit=2)
    assert ids.track('face', ['a', 'b', 'b', 'c']) == ('a', 'b')
    assert ids.track('face', ['d', 'c', 'b']) == ('b', 'd')
    assert ids.track('voice', ['v']) == ('v',)
    assert ids.track('face', []) == ()
    assert ids.counts['crowded'] == 2
    assert ids.followed('voice') == ('v',)


@pytest.mark.parametrize('name', ['', '1st', 'a/b', 'a b', 'a-b', 'é', 'x' * 65, 'a\n'])
def test_what_cannot_be_part_of_a_topic_name_is_not_followed(name):
    ids = HumanIds()
    assert ids.track('face', [name, 'fine_1']) == ('fine_1',)
    assert ids.counts['bad_id'] == 1


@pytest.mark.parametrize(('one', 'other'), [
    (('face', ''), ANA), (('unset', 'f1'), ANA), (FACE, FACE), (('face', 'ana'), ANA)])
def test_what_is_no_pair_of_two_ids_is_refused(one, other):
    ids = HumanIds()
    with pytest.raises(BadInput, match='two different ids') as caught:
        ids.match(one, other, 0.9)
    assert caught.value.reason == 'match'


@pytest.mark.parametrize('confidence', [-0.1, 1.1, float('nan'), float('inf')])
def test_a_confidence_that_cannot_be_is_refused_and_the_old_match_stays(confidence):
    ids = matched((FACE, ANA, 0.9))
    with pytest.raises(BadInput, match=r'\[0, 1\]'):
        ids.match(FACE, ANA, confidence)
    assert ids.person_of(*FACE) == 'ana'


def test_matches_do_not_pile_up():
    ids = HumanIds()
    for number in range(MATCHES_KEPT + 10):
        ids.match(('face', f'f{number}'), ('person', f'p{number}'), 0.9)
    assert len(ids._matches) == MATCHES_KEPT
    assert len(ids._neighbours) == 2 * MATCHES_KEPT
    assert ids.person_of('face', 'f0') == 'f0'
    assert ids.person_of('face', f'f{MATCHES_KEPT}') == f'p{MATCHES_KEPT}'


def test_a_reset_forgets_everybody_and_keeps_the_counts():
    ids = matched((FACE, ANA, 0.9))
    ids.track('face', ['f1', '?'])
    ids.reset()
    assert (ids.followed('face'), ids.person_of(*FACE)) == ((), 'f1')
    assert ids.counts['bad_id'] == 1


@pytest.mark.parametrize('options', [{'threshold': -0.1}, {'threshold': 1.1}, {'limit': 0}])
def test_settings_that_cannot_be_are_refused(options):
    with pytest.raises(ValueError, match='cannot be used'):
        HumanIds(**options)


@given(matches=MATCHES, seed=st.integers(0, 1000))
def test_the_order_of_messages_does_not_matter(matches, seed):
    messages = [(*pair, confidence) for pair, confidence in matches.items()]
    shuffled = [message if random.Random(number + seed).random() < 0.5
                else (message[1], message[0], message[2])
                for number, message in enumerate(random.Random(seed).sample(
                    messages, len(messages)))]
    assert everybody(matched(*messages)) == everybody(matched(*shuffled))


@given(before=MATCHES, after=MATCHES)
def test_what_is_unmatched_leaves_no_trace(before, after):
    first = [(*pair, confidence) for pair, confidence in before.items()]
    ends = [(*pair, 0.0) for pair in before]
    then = [(*pair, confidence) for pair, confidence in after.items()]
    ids = matched(*first, *ends)
    assert ids._neighbours == {}
    assert everybody(matched(*first, *ends, *then)) == everybody(matched(*then))


@given(matches=MATCHES)
def test_a_face_is_always_somebody_and_everybody_is_reached_by_matches_that_count(matches):
    ids = matched(*((*pair, confidence) for pair, confidence in matches.items()))
    joined = {human: {human} for human in HUMANS}
    for (one, other), confidence in matches.items():
        if confidence >= 0.5:
            for human in (both := joined[one] | joined[other]):
                joined[human] = both
    for human, person in everybody(ids).items():
        reached = {name for kind, name in joined[human] if kind in ('person', 'face')}
        assert person in reached or (person == '' and human[0] == 'voice')


def likeliest(matches, start, goal):
    """Return the end of the likeliest path, by trying all of them."""
    found = [(0.0, '')]
    for between in (way for length in range(3) for way in permutations(HUMANS, length)):
        kinds = [start[0], *(kind for kind, _ in between), goal]
        for end in (human for human in HUMANS if human[0] == goal and len({*kinds}) == len(kinds)):
            likelihood = 1.0
            for pair in pairwise([start, *between, end]):
                likelihood *= matches.get((min(pair), max(pair)), 0.0)
            if likelihood >= 0.5:
                found.append((-likelihood, end[1]))
    return min(found)[1]


@settings(max_examples=30)
@given(matches=MATCHES)
def test_everybody_is_whom_the_likeliest_of_all_paths_leads_to(matches):
    ids = matched(*((*pair, confidence) for pair, confidence in matches.items()))
    faces = {name: likeliest(matches, (kind, name), 'person') or name
             for kind, name in HUMANS if kind == 'face'}
    for (kind, name), person in everybody(ids).items():
        if kind == 'face':
            assert person == faces[name]
        else:
            face = likeliest(matches, (kind, name), 'face')
            assert person == (likeliest(matches, (kind, name), 'person') or faces.get(face, ''))
