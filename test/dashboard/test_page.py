"""The page, in a real browser."""

from dataclasses import replace
import shutil

import pytest

pytest.importorskip('websockets')
if not any(map(shutil.which, ('chromium', 'chromium-browser', 'google-chrome'))):
    pytest.skip('chromium is not installed', allow_module_level=True)

from mer_ros.data import NANOSECONDS


def text(page, selector):
    return page.ask(f"document.querySelector('{selector}').textContent")


def look(page, stand, *states, **options):
    """Open the page, let these states be perceived, and wait until they are shown."""
    page.problems.clear()
    page.requests.clear()
    page.open(f'http://{stand.host}/', **options)
    stand.show(*states)
    count = len({state.person_id for state in states})
    page.wait(f"document.querySelectorAll('.person').length === {count}")


def test_before_anybody_is_perceived_the_page_says_so(page, stand):
    look(page, stand)
    page.wait("document.getElementById('link').dataset.state === 'live'")
    assert page.ask("getComputedStyle(document.getElementById('nobody')).display") == 'block'


def test_everything_about_a_person_is_shown(page, stand, anna):
    look(page, stand, anna)
    assert text(page, '#topic') == '/robot/emotion'
    assert text(page, 'h2') == 'anna'
    assert text(page, '.percent') == '75 %'
    assert text(page, '.bar.best') == 'calm0.75'
    assert text(page, '[data-text=uncertainty]') == '0.12'
    assert text(page, '[data-text=conflict]') == '0.50'
    assert text(page, '.affect') == 'valence 0.5, arousal -0.3'
    assert text(page, '.source .line') == 'facecalm 63 %'
    page.wait("/^weight 0.80 · [0-9.]+ s old · lite$/.test("
              "document.querySelector('.source small').textContent)")
    assert text(page, '.source .doubts') == 'a language that was not learned, made up'
    assert text(page, '.set') == 'not ruled out (90 %): calm, anger'
    assert text(page, '.source.missing') == 'textno evidence'
    assert 'ignorance' in text(page, '#legend')


def test_several_emotions_at_once_are_marked_and_each_bar_stands_alone(page, stand, ben):
    look(page, stand, ben)
    assert text(page, '.affect') == 'several at once'
    assert text(page, '.bar.best') == 'joy0.90'
    widths = page.ask("[...document.querySelectorAll('.bar .track i')].map((part) => "
                      "parseFloat(part.style.width))")
    assert widths == pytest.approx([45, 45, 45, 15])
    dashes = page.ask("[...document.querySelectorAll('.arc')].map((arc) => "
                      "parseFloat(arc.getAttribute('stroke-dasharray')))")
    assert dashes == pytest.approx([0.45, 0.45, 0.0])
    assert not page.problems


def test_belief_and_ignorance_fill_the_ring(page, stand, anna):
    look(page, stand, anna)
    dashes = page.ask("[...document.querySelectorAll('.arc')].map((arc) => "
                      "parseFloat(arc.getAttribute('stroke-dasharray')))")
    assert dashes == pytest.approx([0.6, 0.2, 0.1235])
    assert page.ask("document.querySelector('.arc:last-child').getAttribute('stroke')") == (
        'url(#hatch)')


def test_the_timeline_scrolls_as_states_come(page, stand, anna):
    look(page, stand, anna)
    drawn = "document.querySelector('canvas').toDataURL()"
    before = page.ask(drawn)
    stand.show(replace(anna, stamp=anna.stamp + NANOSECONDS, label='anger'))
    page.wait(f"{drawn} !== '{before}'")


def test_a_state_past_its_time_is_marked_and_its_person_leaves_in_the_end(page, stand, anna):
    look(page, stand, anna)
    stand.now = anna.stamp + 5 * NANOSECONDS
    page.wait("document.querySelector('.person.expired')")
    assert text(page, '.age').startswith('expired, ')
    stand.now = anna.stamp + 3600 * NANOSECONDS
    page.wait("document.body.classList.contains('empty')")


def test_an_abstention_does_not_look_sure(page, stand, anna):
    look(page, stand, replace(anna, label='unknown'))
    assert text(page, '.percent') == '?'
    assert not page.ask("document.querySelector('.bar.best')")


def test_people_are_shown_in_order_and_an_id_cannot_bring_its_own_markup(page, stand, anna):
    look(page, stand, replace(anna, person_id='zoe'), replace(anna, person_id=''),
         replace(anna, person_id='<img src=x onerror=alert(1)>'))
    names = page.ask("[...document.querySelectorAll('h2')].map((name) => name.textContent)")
    assert names == ['anonymous', '<img src=x onerror=alert(1)>', 'zoe']
    assert not page.ask("document.querySelector('main img')")


@pytest.mark.parametrize('scheme', ['light', 'dark'])
@pytest.mark.parametrize('width', [360, 1280])
def test_it_fits_a_phone_and_a_screen_in_light_and_dark(page, stand, width, scheme, anna):
    look(page, stand, anna, replace(anna, person_id='a very long name ' * 5), width=width,
         scheme=scheme)
    assert page.ask('document.documentElement.scrollWidth') <= width
    shade = page.ask("getComputedStyle(document.body).backgroundColor.match(/[0-9]+/)[0]")
    assert (int(shade) > 128) == (scheme == 'light')
    assert page.screenshot().startswith(b'\x89PNG')


def test_nothing_is_loaded_from_elsewhere_and_nothing_goes_wrong(page, stand, anna):
    look(page, stand, anna)
    page.wait("document.getElementById('link').dataset.state === 'live'")
    page.ask('new Promise((done) => setTimeout(done, 200))')
    assert page.requests
    assert all(stand.host in url or url.startswith('data:') for url in page.requests)
    assert page.problems == []


def test_the_page_connects_again_when_the_server_comes_back(page, stand, anna):
    look(page, stand, anna)
    page.ask("link = document.getElementById('link'); told = [];"
             "new MutationObserver(() => told.push(link.dataset.state))"
             ".observe(link, {attributes: true}); socket.close()")
    page.wait("told.includes('lost') && told.at(-1) === 'live'")


def test_a_page_that_nobody_sees_does_not_listen(page, stand, anna):
    look(page, stand, anna)
    hide = ("Object.defineProperty(document, 'hidden', {{value: {}, configurable: true}});"
            "document.dispatchEvent(new Event('visibilitychange'))")
    page.ask(hide.format('true'))
    assert stand.left.wait(20)
    page.wait("document.getElementById('link').textContent === 'paused'")
    page.ask(hide.format('false'))
    page.wait("document.getElementById('link').dataset.state === 'live'")
