from mer_ros.models.text.ngrams import ngrams


def test_ngrams_are_sorted_distinct_hashes():
    found = ngrams('So so so!')
    assert found.tolist() == sorted(set(found.tolist()))


def test_capitals_make_no_difference():
    assert ngrams('ICH BIN').tolist() == ngrams('ich bin').tolist()


def test_a_text_without_punctuation_only_lacks_that_of_the_marks():
    bare, written = set(ngrams('hola amigo').tolist()), set(ngrams('¡Hola, amigo!').tolist())
    words = set(ngrams('hola').tolist()) | set(ngrams('amigo').tolist())
    assert words <= bare & written
    assert len(bare - written) <= 1


def test_vowel_signs_and_scripts_without_spaces_are_parts_of_words():
    assert len(ngrams('हाँ')) > 4
    assert len(ngrams('我很高兴')) > 8


def test_a_text_without_words_has_none():
    assert len(ngrams(' \n ')) == 0
