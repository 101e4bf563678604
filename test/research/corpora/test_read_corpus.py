"""Readers of the corpora of the paper, on tiny folders in the published layouts."""

import pytest

from mer_ros.research.corpora.clip import Skipped, split_of
from mer_ros.research.corpora.read_corpus import CORPORA, is_corpus, read_corpus

MELD_COLUMNS = ('Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,Season,'
                'Episode,StartTime,EndTime')


def lay(root, *files):
    for name in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b'')
    return root


def read(name, root, split='all', **options):
    clips, skipped = read_corpus(name, root, split, **options)
    return {clip.id: clip for clip in clips}, skipped


def test_crema_d_takes_images_and_sound_from_two_folders(tmp_path):
    lay(tmp_path, 'VideoFlash/1001_DFA_ANG_XX.flv', 'AudioWAV/1001_DFA_ANG_XX.wav',
        'AudioWAV/1002_IEO_SAD_HI.wav', 'AudioWAV/1040_ITH_SAD_X.wav')
    clips, skipped = read('crema_d', tmp_path)
    clip = clips['1001_DFA_ANG_XX']
    assert (clip.film.name, clip.sound.name) == ('1001_DFA_ANG_XX.flv', '1001_DFA_ANG_XX.wav')
    assert (clip.person, clip.emotion, clip.intensity) == ('1001', 'anger', '')
    assert clip.transcript == "Don't forget a jacket"
    assert clips['1002_IEO_SAD_HI'].film is None
    assert clips['1002_IEO_SAD_HI'].intensity == 'high'
    assert '1040_ITH_SAD_X' in clips, 'the corpus has one name like this'
    assert skipped == []


def test_ravdess_prefers_the_file_with_images_and_sound(tmp_path):
    lay(tmp_path, 'Actor_12/01-01-06-01-02-01-12.mp4', 'Actor_12/02-01-06-01-02-01-12.mp4',
        'Actor_12/03-01-06-01-02-01-12.wav')
    (clip,) = read('ravdess', tmp_path)[0].values()
    assert (clip.film.name, clip.sound) == ('01-01-06-01-02-01-12.mp4', None)
    assert (clip.person, clip.label, clip.emotion) == ('12', 'fearful', 'fear')
    assert (clip.transcript, clip.intensity) == ('Dogs are sitting by the door', 'normal')


def test_ravdess_joins_images_and_sound_of_folders_that_were_unpacked_apart(tmp_path):
    lay(tmp_path, 'Video_Speech_Actor_12/Actor_12/02-01-02-02-01-02-12.mp4',
        'Audio_Speech_Actors_01-24/Actor_12/03-01-02-02-01-02-12.wav',
        'Audio_Song_Actors_01-24/Actor_12/03-02-05-02-01-02-12.wav')
    (clip,) = read('ravdess', tmp_path)[0].values()
    assert (clip.film.name[:2], clip.sound.name[:2]) == ('02', '03')
    assert (clip.label, clip.emotion) == ('calm', None), 'kept, though it is none of the seven'


def test_mead_is_seen_from_the_front_and_keeps_contempt(tmp_path):
    lay(tmp_path, 'M003/video/front/angry/level_1/001.mp4', 'M003/audio/angry/level_1/001.m4a',
        'M003/video/left_30/angry/level_1/001.mp4', 'W009/video/front/contempt/level_3/002.mp4')
    clips, _ = read('mead', tmp_path)
    clip = clips['M003/angry/level_1/001']
    assert (clip.sound.name, clip.person, clip.emotion) == ('001.m4a', 'M003', 'anger')
    assert clip.intensity == 'level_1'
    contempt = clips['W009/contempt/level_3/002']
    assert (contempt.label, contempt.emotion, contempt.sound) == ('contempt', None, None)
    assert len(clips) == 2


def test_enterface_goes_by_its_folders(tmp_path):
    lay(tmp_path, 'enterface database/subject 1/anger/sentence 1/s1_an_1.avi',
        'enterface database/subject 6/surprise/s6_su_5.avi',
        'enterface database/subject 11/fear/sentence 2/s12_fe_2.avi',
        'enterface database/subject 12/boredom/sentence 2/s12_bo_2.avi')
    clips, skipped = read('enterface', tmp_path)
    assert {(clip.person, clip.emotion) for clip in clips.values()} == {
        ('1', 'anger'), ('6', 'surprise'), ('11', 'fear')}
    assert skipped[0].id == 'subject 12/boredom/sentence 2/s12_bo_2.avi'


def test_meld_has_its_own_splits_words_and_speakers(tmp_path):
    lay(tmp_path, 'train_splits/dia0_utt0.mp4', 'test/output_repeated_splits_test/dia3_utt1.mp4',
        'test/output_repeated_splits_test/._dia3_utt1.mp4')
    row = '1,"Well, it\x92s\na jacket","Joey",joy,positive,{},8,21,"00:16:16,059","00:16:21,731"'
    (tmp_path / 'train_sent_emo.csv').write_text(
        f'{MELD_COLUMNS}\n{row.format("0,0")}\n{row.format("125,3")}\n9,Oh\n', 'utf-8')
    (tmp_path / 'test_sent_emo.csv').write_text(f'{MELD_COLUMNS}\n{row.format("3,1")}\n', 'utf-8')
    clips, skipped = read('meld', tmp_path)
    assert {clip.split: clip.film.name for clip in clips.values()} == {
        'train': 'dia0_utt0.mp4', 'test': 'dia3_utt1.mp4'}
    clip = clips['test/dia3_utt1']
    assert (clip.person, clip.label, clip.emotion) == ('Joey', 'joy', 'happiness')
    assert clip.transcript == 'Well, it\N{RIGHT SINGLE QUOTATION MARK}s\na jacket'
    assert skipped == [
        Skipped('train/dia125_utt3', 'train_sent_emo.csv names it, but train_splits has no '
                                     'dia125_utt3.mp4'),
        Skipped('train, line 6', 'the row of train_sent_emo.csv is cut short')]
    assert list(read('meld', tmp_path, 'test')[0]) == ['test/dia3_utt1']


@pytest.mark.parametrize(('name', 'file'), [
    ('meld', 'MELD.Raw/test/output_repeated_splits_test/dia3_utt1.mp4'),
    ('ravdess', 'RAVDESS/Video_Speech_Actor_12/Actor_12/01-01-06-01-02-01-12.mp4'),
    ('enterface', 'eNTERFACE/enterface database/subject 6/surprise/s6_su_5.avi')])
def test_archives_that_were_unpacked_apart_are_found_from_the_folder_above(tmp_path, name, file):
    lay(tmp_path, file)
    if name == 'meld':
        (tmp_path / 'MELD.Raw' / 'test_sent_emo.csv').write_text(
            f'{MELD_COLUMNS}\n1,Oh,Joey,joy,positive,3,1,8,21,"00:16:16,059","00:16:21,731"\n')
    (clip,) = read(name, tmp_path)[0].values()
    assert clip.film == tmp_path / file


def test_a_table_of_meld_without_a_column_is_refused(tmp_path):
    lay(tmp_path, 'test_sent_emo.csv', 'output_repeated_splits_test/dia0_utt0.mp4')
    (tmp_path / 'test_sent_emo.csv').write_text('Utterance,Speaker\n')
    with pytest.raises(ValueError, match=r"lacks the columns \['Emotion'"):
        read('meld', tmp_path)


@pytest.mark.parametrize('name', CORPORA)
def test_another_layout_is_refused_with_what_is_expected_and_what_is_there(tmp_path, name):
    lay(tmp_path, 'holiday/beach.mp4')
    with pytest.raises(FileNotFoundError) as error:
        read(name, tmp_path)
    assert CORPORA[name].layout in str(error.value)
    assert "it has ['holiday']" in str(error.value)


@pytest.mark.parametrize(('name', 'file'), [
    ('crema_d', 'AudioWAV/1001_XYZ_ANG_XX.wav'), ('ravdess', 'Actor_01/01-01-09-01-01-01-01.mp4'),
    ('mead', 'M003/video/front/bored/level_1/001.mp4')])
def test_a_name_that_cannot_be_read_is_listed_and_the_rest_is_used(tmp_path, name, file):
    good = {'crema_d': 'AudioWAV/1001_DFA_ANG_XX.wav', 'mead': 'M003/audio/sad/level_1/001.m4a',
            'ravdess': 'Actor_01/03-01-01-01-01-01-01.wav'}[name]
    clips, skipped = read(name, lay(tmp_path, file, good))
    assert len(clips) == 1
    assert [bool(one.reason) for one in skipped] == [True]


def test_no_person_is_in_two_splits_and_every_split_has_people():
    people = [str(1000 + number) for number in range(1, 92)]
    shares = [split_of('crema_d', person) for person in people]
    assert {split: shares.count(split) for split in ('train', 'dev', 'test')} == {
        'train': 54, 'dev': 17, 'test': 20}


def test_an_empty_split_says_where_the_clips_are(tmp_path):
    lay(tmp_path, 'AudioWAV/1001_DFA_ANG_XX.wav')
    empty = {'train', 'dev', 'test'} - {split_of('crema_d', '1001')}
    with pytest.raises(ValueError, match='all takes every clip'):
        read('crema_d', tmp_path, empty.pop())


@pytest.mark.parametrize(('options', 'message'), [
    ({'split': 'eval'}, "no split 'eval'; known"), ({'limit': 0}, 'at least 1')])
def test_a_wrong_split_or_limit_is_refused(tmp_path, options, message):
    with pytest.raises(ValueError, match=message):
        read('crema_d', lay(tmp_path, 'AudioWAV/1001_DFA_ANG_XX.wav'), **options)


def test_a_limit_draws_the_same_clips_again(tmp_path):
    lay(tmp_path, *(f'AudioWAV/{actor}_DFA_ANG_XX.wav' for actor in range(1001, 1030)))
    drawn = [list(read('crema_d', tmp_path, limit=5)[0]) for _ in range(2)]
    assert drawn[0] == drawn[1] == sorted(drawn[0])
    assert len(drawn[0]) == 5
    assert list(read('crema_d', tmp_path, limit=5, seed=1)[0]) != drawn[0]


def test_a_name_of_two_sets_means_the_prepared_one_where_it_is(tmp_path):
    names = ('ravdess', 'meld', 'mead', 'emodb')
    assert [is_corpus(name, tmp_path) for name in names] == [True, True, True, False]
    lay(tmp_path, 'evalonly_ravdess/labels.csv', 'evalonly_meld/test.tsv')
    assert [is_corpus(name, tmp_path) for name in names] == [False, False, True, False]
