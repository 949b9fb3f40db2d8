import assert from 'node:assert/strict'
import { test } from 'node:test'
import { factText, lines } from '../../tc_server/web/js/lines.js'
import { nothing, reduce } from '../../tc_server/web/js/state.js'
import { message, sample, words } from './frames.js'

const NOW = new Date(2026, 10, 20, 12).getTime()
const STAFF = sample('anyone.read').reader
const at = (day, hour) => new Date(2026, 10, day, hour).toISOString()

function shown(...frames) {
  const state = [sample('participant.hello'), ...frames].reduce((known, frame) => reduce(known, frame, NOW), nothing())
  return lines(state, words(), NOW)
}

test('own words lie on one side with a mark, those of others on the other with a name', () => {
  const me = sample('participant.hello').sessions[0].me
  const [own, other] = shown(message(1, { sender: me, sent_at: at(20, 9) }), message(2, { sender: STAFF, sent_at: at(20, 9) }))
  assert.deepEqual([own.look, own.mark, own.name], ['mine', 'sent', ''])
  assert.deepEqual([other.look, other.name], ['theirs', STAFF.name])
})

test('a row of messages names its author once', () => {
  const row = shown(message(1, { sender: STAFF, sent_at: at(20, 9) }), message(2, { sender: STAFF, sent_at: at(20, 9) }))
  assert.deepEqual(row.map(({ name }) => name), [STAFF.name, ''])
})

test('days are told apart, nearby ones by their name', () => {
  const looks = shown(
    message(1, { sender: STAFF, sent_at: at(18, 9) }),
    message(2, { sender: STAFF, sent_at: at(19, 9) }),
    message(3, { sender: STAFF, sent_at: at(20, 9) }),
  ).filter(({ look }) => look === 'day')
  assert.deepEqual(looks.map(({ text }) => text), ['Wednesday, November 18', 'yesterday', 'today'])
})

test('a day without a message before it needs no line if it is today', () => {
  assert.equal(shown(message(1, { sent_at: at(20, 9) })).length, 1)
})

test('what staff has read is marked so', () => {
  const me = sample('participant.hello').sessions[0].me
  const frames = [1, 2].map((seq) => message(seq, { sender: me, sent_at: at(20, 9) }))
  const read = { ...sample('anyone.read'), seq: 1 }
  assert.deepEqual(shown(...frames, read).map(({ mark }) => mark), ['read', 'sent'])
})

test('unsent words come last, and keep their key when they are acknowledged', () => {
  const me = sample('participant.hello').sessions[0].me
  const written = { type: 'my-words', client_id: 'client-id-a', text: 'hello' }
  const before = shown(message(1, { sent_at: at(20, 9) }), written).pop()
  const after = shown(message(1, { sent_at: at(20, 9) }), written, message(2, { client_id: 'client-id-a', sender: me, sent_at: at(20, 9) })).pop()
  assert.deepEqual([before.mark, after.mark], ['pending', 'sent'])
  assert.equal(before.key, after.key)
})

test('every fact is worded, and a kind of a later protocol is left out', () => {
  const data = { minutes: 10, participant_id: 'p', role: 'interpreter', name: 'Sara' }
  const kinds = ['joined', 'left', 'told', 'started', 'resumed', 'kept_open', 'closed', 'reopened', 'person_added', 'person_removed']
  for (const kind of kinds) {
    const text = factText({ kind, data, sender: STAFF }, false, words())
    assert.ok(text && !/[{}]/.test(text), `${kind}: ${text}`)
  }
  assert.deepEqual(shown(message(1, { kind: 'sunset', client_id: null, data: {}, text: null })), [])
})

test('the facts of a call are worded, each end by how it came', () => {
  const ends = ['ended', 'declined', 'missed', 'lost', 'cancelled'].map((outcome) =>
    factText({ kind: 'call_ended', data: { outcome, seconds: 125 }, sender: STAFF }, false, words()))
  assert.equal(ends[0], 'The call has ended. It lasted 2 minutes.')
  assert.equal(new Set(ends).size, 5)
  assert.equal(factText({ kind: 'call_requested', data: { media: 'audio' }, sender: STAFF }, true, words()), 'You asked for a call.')
  assert.equal(factText({ kind: 'call_started', data: { media: 'audio' }, sender: STAFF }, false, words()), `Call from ${STAFF.name}.`)
})

test('how long it will take is said in the language of the page', () => {
  const told = { kind: 'told', data: { minutes: 10 }, sender: STAFF }
  const texts = { 'We will be with you in about {minutes}.': 'Tutakuwa nawe baada ya takriban {minutes}.' }
  assert.equal(factText(told, false, words()), 'We will be with you in about 10 minutes.')
  assert.equal(factText(told, false, words('sw', texts)), 'Tutakuwa nawe baada ya takriban dakika 10.')
})
