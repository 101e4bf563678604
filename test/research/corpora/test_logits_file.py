"""One file with all that was said about a corpus, and other systems in the same form."""

import numpy as np
import pytest

from mer_ros.data import Logits
from mer_ros.emotions import EMOTIONS
from mer_ros.research.corpora.clip import Clip, Skipped
from mer_ros.research.corpora.corpus_report import corpus_report
from mer_ros.research.corpora.evaluate_corpus import evaluate_logits
from mer_ros.research.corpora.label_policy import LabelPolicy
from mer_ros.research.corpora.logits_file import read_logits, write_logits
from mer_ros.research.corpora.recorded_corpus import RecordedCorpus

SIX = tuple(name for name in EMOTIONS if name != 'surprise')
RANDOM = np.random.default_rng(4)


@pytest.fixture
def recorded():
    """Return 24 clips of 12 people, one a class of CREMA-D, with face and sometimes a voice."""
    clips, said = [], []
    for index in range(24):
        label = SIX[index % 6]
        clips.append(Clip(id=f'clip{index}', person=f'p{index % 12}', label=label[:3], split='',
                          perceived='' if index % 8 == 0 else SIX[(index + 1) % 6]))
        one = {'face': Logits(1, 'face', EMOTIONS, RANDOM.normal(0, 2, 7), model='lite')}
        if index % 3:
            one['speech'] = Logits(1, 'speech', SIX, RANDOM.normal(0, 2, 6), model='lite')
        said.append(one)
    return RecordedCorpus('crema_d', 'test', 'lite', clips, said, [Skipped('bad', 'broken')])


def test_a_file_gives_the_same_report_as_the_evaluation_that_wrote_it(recorded, tmp_path):
    write_logits(tmp_path / 'logits.csv', recorded)
    first = corpus_report(recorded, resamples=10)
    assert evaluate_logits([tmp_path / 'logits.csv'], resamples=10) == first
    assert first['skipped'] == [{'id': 'bad', 'reason': 'broken'}]
    assert (first['dataset'], first['profile']) == ('crema_d', 'lite')


def system(path, rows, columns='id,label,modality,predicted'):
    path.write_text('\n'.join([columns, *rows]) + '\n')
    return path


def test_another_system_that_gives_labels_stands_beside_the_fusion_on_the_same_clips(
        recorded, tmp_path):
    write_logits(tmp_path / 'logits.csv', recorded)
    given = system(tmp_path / 'llama.csv', [
        f'{clip.id},{clip.label},emotion_llama,{"happy" if index % 2 else clip.emotion}'
        for index, clip in enumerate(recorded.clips[:12])])
    report = evaluate_logits([tmp_path / 'logits.csv', given], resamples=0)
    one, = report['systems']
    assert one['system'] == 'emotion_llama'
    assert (one['n'], one['compared']) == (12, 12)
    assert one['accuracy'] == pytest.approx((6 + 2) / 12)
    assert 'nll' not in one
    assert report['fused'] == corpus_report(recorded, resamples=0)['fused']


def test_another_system_that_gives_scores_has_every_figure(recorded, tmp_path):
    write_logits(tmp_path / 'logits.csv', recorded)
    given = system(tmp_path / 'other.csv', [
        f'{clip.id},{clip.label},uefn,2,{",".join("0" * 5)},1' for clip in recorded.clips],
        columns=f'id,label,modality,{",".join(EMOTIONS)}')
    report = evaluate_logits([tmp_path / 'logits.csv', given], resamples=0)
    assert report['systems'][0]['accuracy'] == pytest.approx(1 / 6)
    assert 'nll' in report['systems'][0]


def test_a_method_that_finds_no_evidence_is_told_of_with_its_share(recorded):
    below = [{name: Logits(1, name, one.labels, one.logits - 12, model='x')
              for name, one in said.items()} for said in recorded.said]
    report = corpus_report(RecordedCorpus('crema_d', 'test', 'x', recorded.clips, below),
                           resamples=0)
    shares = {row['preset']: row['vacuous'] for row in report['paper']['figures']
              if row['modalities'] == ['face', 'speech']}
    assert shares['basic'] == 1.0
    assert shares['paper'] == 0.0
    assert shares['basic_softplus'] < 1.0


def test_labels_count_as_the_policy_says_and_the_report_names_it(recorded):
    shown = corpus_report(recorded, resamples=0, policy=LabelPolicy(
        truth='perceived', classes='shown'))
    assert shown['labels'] == {'truth': 'perceived', 'calm': 'unseen', 'contempt': 'unseen',
                               'classes': 'shown'}
    assert shown['fused']['n'] == 21
    assert shown['fused']['confusion']['labels'] == list(SIX)
    assert any('the perceived emotion' in note and '3 clips are left out' in note
               for note in shown['notes'])
    assert corpus_report(recorded, resamples=0)['fused']['confusion']['labels'] == list(EMOTIONS)


def test_the_perceived_emotion_of_a_corpus_without_raters_is_refused(recorded):
    clips = [Clip(id=clip.id, person='', label='hap', split='') for clip in recorded.clips]
    with pytest.raises(ValueError, match=r'summaryTable\.csv'):
        corpus_report(RecordedCorpus('mead', 'all', 'x', clips, recorded.said),
                      policy=LabelPolicy(truth='perceived'))


@pytest.mark.parametrize(('rows', 'reason'), [
    (['a,ang,face,'], 'line 2: there are no scores'),
    (['a,ang,face,bored'], "predicted is 'bored'"),
    (['a,ang,face,anger', 'a,ang,face,anger'], 'line 3: face of a is given twice'),
    (['a,ang,face,anger', 'a,hap,x,anger'], "line 3: a has the label 'hap', and 'ang' elsewhere"),
    ([',ang,face,anger'], "line 2: \\['id'\\] must not be empty"),
    ([], 'no row is in')])
def test_a_row_that_is_wrong_is_named_with_its_line(tmp_path, rows, reason):
    with pytest.raises(ValueError, match=reason):
        read_logits([system(tmp_path / 'x.csv', rows)])


def test_missing_columns_and_other_systems_alone_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"lacks the columns \['label'\]"):
        read_logits([system(tmp_path / 'x.csv', ['a,face'], columns='id,modality')])
    with pytest.raises(ValueError, match='only other systems are given'):
        evaluate_logits([system(tmp_path / 'x.csv', ['a,ang,llama,anger'])])
