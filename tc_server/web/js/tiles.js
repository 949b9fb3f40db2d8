// @ts-check
/** The people of a call as tiles: their picture or their initial, their name, and whether they can be heard. */

import { drawing, make, say } from './element.js'

/**
 * @typedef {object} Person
 * @property {string} id
 * @property {string} name
 * @property {MediaStream} stream
 * @property {boolean} voice whether they can be heard
 * @property {boolean} picture whether there is something to see
 * @property {boolean} screen whether that is a screen
 * @property {boolean} speaking
 * @property {string} state in words, if they aren't connected
 */
/** @typedef {{element: HTMLElement, video: HTMLVideoElement, draw: (person: Person) => void}} Tile */

/** @param {HTMLElement} stage @param {import('./words.js').Words} words @param {() => void} silent called where the browser wants a tap first */
export function makeTiles(stage, words, silent) {
  /** @type {Map<string, Tile>} */
  const tiles = new Map()

  return {
    /** @param {Person[]} people */
    draw(people) {
      for (const [id, { element, video }] of tiles) {
        if (people.some((person) => person.id === id)) continue
        video.srcObject = null
        element.remove()
        tiles.delete(id)
      }
      for (const person of people) {
        const tile = tiles.get(person.id) || add(person.id)
        tile.draw(person)
      }
      stage.dataset.people = String(people.length)
    },
    play: () => tiles.forEach(({ video }) => void video.play().catch(silent)),
  }

  /** @param {string} id */
  function add(id) {
    const tile = makeTile(words, silent)
    stage.append(tile.element)
    tiles.set(id, tile)
    return tile
  }
}

/** @param {import('./words.js').Words} words @param {() => void} silent @returns {Tile} */
function makeTile(words, silent) {
  const element = make('div', 'tile')
  const initial = make('span', 'initial')
  const label = make('p', 'tile-name')
  const [name, state, muted] = [make('span', 'name'), make('span', 'tile-state'), make('span', 'tile-mute')]
  const video = make('video', '')
  video.dataset.testid = 'remote-video'
  video.autoplay = video.playsInline = true
  initial.setAttribute('aria-hidden', 'true')
  name.dir = initial.dir = 'auto'
  muted.append(drawing('mute'), make('span', 'unseen', words.say('Microphone off')))
  label.append(muted, name, state)
  element.append(video, initial, label)
  return { element, video, draw }

  /** @param {Person} person */
  function draw(person) {
    if (video.srcObject !== person.stream) {
      video.srcObject = person.stream
      void video.play().catch((error) => error.name === 'NotAllowedError' && silent())
    }
    video.hidden = !person.picture
    video.setAttribute('aria-label', person.name)
    initial.hidden = person.picture
    muted.hidden = person.voice
    element.dataset.speaking = String(person.speaking)
    element.dataset.shows = person.picture ? (person.screen ? 'screen' : 'face') : 'nothing'
    say(initial, [...person.name.trim()].slice(0, 1).join('').toLocaleUpperCase())
    say(name, person.name)
    say(state, person.state)
  }
}
