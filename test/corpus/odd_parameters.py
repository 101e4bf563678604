"""Files of parameters as people write them.  The next kind is one more line."""

from __future__ import annotations

PARAMETERS = {
    # what it is: (the file, a pattern in what the node says)
    'no_yaml': ('a: [b\n  c', r'not started: .*odd\.yaml'),
    'a_tab': ('/**:\n\tros__parameters:\n', r'not started: .*odd\.yaml'),
    'a_list_of_mixed_types': (
        '/**:\n  ros__parameters:\n    message_type: [1, a]\n', r'not started: .*odd\.yaml'),
    'a_number_out_of_range': (
        '/**:\n  ros__parameters:\n    max_characters: -5\n', r'max_characters.*-5'),
    'a_word_that_is_none_of_the_choices': (
        '/**:\n  ros__parameters:\n    model: heavy\n', r"model='heavy' is not one of"),
    'a_list_for_a_word': (
        '/**:\n  ros__parameters:\n    model: [lite]\n', r'model.*(type|TYPE)'),
}
