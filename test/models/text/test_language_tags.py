import pytest

from mer_ros.models.text.language_tags import tag_of, told_language


@pytest.mark.parametrize(('code', 'tag'), [
    ('de', 'de'), ('de-AT', 'de'), ('DEU', 'de'), ('zh_CN', 'zh'), ('chn', 'zh'), ('nb-NO', 'no'),
    ('pt-BR', 'pt'), ('eng', 'en'), ('ary', 'ar'), ('xx', 'xx')])
def test_a_code_of_any_kind_leads_to_the_tag_of_the_language(code, tag):
    assert tag_of(code) == tag
    assert told_language(code) == tag


@pytest.mark.parametrize('language', ['', 'english', 'und', 'auto', 'x'])
def test_what_is_no_code_names_no_language(language):
    assert told_language(language) == ''
