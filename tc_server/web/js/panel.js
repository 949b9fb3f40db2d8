// @ts-check
/** Draws a call that one is in: people, state, notes, and the buttons. Says what was pressed and decides nothing. */

import { button, make, relabel, say } from './element.js'
import { REMEDIES } from './situation.js'
import { makeTiles } from './tiles.js'

/**
 * @typedef {object} View
 * @property {import('./tiles.js').Person[]} people
 * @property {{name: string, state: string}[]} absent asked, but not in; the state in words
 * @property {{text: string, mood: string}} situation
 * @property {string} clock
 * @property {import('./situation.js').Note[]} notes
 * @property {MediaStreamTrack | null} picture one's own
 * @property {boolean} mirrored
 * @property {boolean} muted
 * @property {boolean} deaf there is no microphone to mute
 * @property {boolean} camera
 * @property {boolean} several there is another camera
 * @property {boolean} sharing
 */
/**
 * @typedef {object} Presses
 * @property {() => void} mute
 * @property {() => void} camera
 * @property {() => void} flip
 * @property {(() => void) | null} share null where it isn't offered
 * @property {() => void} hangUp
 * @property {(remedy: import('./situation.js').Remedy) => void} remedy
 * @property {() => void} silent
 */

/** @param {HTMLElement} host @param {import('./words.js').Words} words @param {Presses} presses */
export function makePanel(host, words, presses) {
  const panel = make('section', 'call')
  panel.tabIndex = -1
  panel.setAttribute('aria-label', words.say('Call'))
  const stage = make('div', 'stage')
  const people = make('div', 'people')
  const own = ownTile(words)
  stage.append(people, own.element)
  const tiles = makeTiles(people, words, presses.silent)

  const state = make('p', 'call-state')
  state.setAttribute('role', 'status')
  const clock = make('p', 'clock')
  clock.setAttribute('role', 'timer')
  const line = make('div', 'call-line')
  line.append(state, clock)
  const absent = make('div', 'absent')
  const asked = make('ul', '')
  absent.setAttribute('role', 'status')
  absent.append(asked)
  const notes = make('div', 'notes')
  notes.setAttribute('role', 'status')

  const controls = makeControls(words, presses)
  panel.append(stage, line, absent, notes, controls.element)
  host.append(panel)
  panel.focus({ preventScroll: true })

  return { draw, play: tiles.play, remove: () => panel.remove(), holdsFocus: () => panel.contains(document.activeElement) }

  /** @param {View} view */
  function draw(view) {
    const pictures = view.picture !== null || view.people.some(({ picture }) => picture)
    panel.dataset.alone = view.people.length ? 'no' : 'yes'
    panel.dataset.mode = pictures ? 'video' : 'audio'
    tiles.draw(view.people)
    own.draw(view)
    state.dataset.mood = view.situation.mood
    say(state, words.say(view.situation.text))
    say(clock, view.clock)
    drawAbsent(view.absent)
    drawNotes(view.notes)
    controls.draw(view)
  }

  /** @param {View['absent']} parties */
  function drawAbsent(parties) {
    absent.hidden = !parties.length
    const items = parties.map(({ name, state: text }) => {
      const item = make('li', '')
      item.append(make('bdi', '', name), `: ${text}`)
      return item
    })
    const texts = (/** @type {Iterable<Element>} */ elements) => [...elements].map(({ textContent }) => textContent).join('\n')
    if (texts(items) === texts(asked.children)) return
    asked.textContent = ''
    asked.append(...items)
  }

  /** @param {View['notes']} wanted */
  function drawNotes(wanted) {
    for (const shown of /** @type {HTMLElement[]} */ ([...notes.children])) {
      if (!wanted.some(({ about, text }) => about === shown.dataset.about && words.say(text) === shown.firstChild?.textContent)) shown.remove()
    }
    for (const { about, text, remedies } of wanted) {
      if ([...notes.children].some((shown) => /** @type {HTMLElement} */ (shown).dataset.about === about)) continue
      const note = make('div', 'call-note')
      note.dataset.about = about
      note.append(make('p', '', words.say(text)))
      for (const remedy of remedies) note.append(button('quiet', words.say(REMEDIES[remedy]), () => presses.remedy(remedy)))
      notes.append(note)
    }
  }
}

/** One's own picture, small, without one's own voice. @param {import('./words.js').Words} words */
function ownTile(words) {
  const element = make('div', 'own')
  const video = make('video', '')
  video.dataset.testid = 'local-video'
  video.autoplay = video.playsInline = video.muted = true
  video.setAttribute('aria-label', words.say('Your picture'))
  element.append(video)
  /** @type {MediaStreamTrack | null} */
  let shown = null
  return { element, draw }

  /** @param {View} view */
  function draw({ picture, mirrored }) {
    element.hidden = picture === null
    element.dataset.mirrored = String(mirrored)
    if (picture === shown) return
    shown = picture
    video.srcObject = picture ? new MediaStream([picture]) : null
    if (picture) void video.play().catch(() => undefined)
  }
}

/** @param {import('./words.js').Words} words @param {Presses} presses */
function makeControls({ say: word }, presses) {
  const element = make('div', 'controls')
  element.setAttribute('role', 'group')
  element.setAttribute('aria-label', word('Call'))
  const mute = button('round', word('Mute'), presses.mute, 'voice')
  const camera = button('round', word('Camera on'), presses.camera, 'camera')
  const flip = button('round', word('Other camera'), presses.flip, 'flip')
  const share = button('round', word('Show screen'), () => presses.share?.(), 'screen')
  const hangUp = button('round down', word('Hang up'), presses.hangUp, 'down')
  mute.dataset.testid = 'mute'
  camera.dataset.testid = 'camera'
  flip.dataset.testid = 'flip'
  share.dataset.testid = 'share'
  hangUp.dataset.testid = 'hangup'
  element.append(mute, camera, flip, share, hangUp)
  return { element, draw }

  /** @param {View} view */
  function draw({ muted, deaf, camera: on, several, sharing }) {
    relabel(mute, word(muted || deaf ? 'Unmute' : 'Mute'), muted || deaf ? 'mute' : 'voice')
    mute.dataset.off = String(muted || deaf)
    relabel(camera, word(on ? 'Camera off' : 'Camera on'), on ? 'camera' : 'blind')
    camera.dataset.off = String(!on)
    flip.hidden = !several || !on
    share.hidden = !presses.share
    relabel(share, word(sharing ? 'Stop screen' : 'Show screen'), 'screen')
    share.dataset.on = String(sharing)
  }
}
