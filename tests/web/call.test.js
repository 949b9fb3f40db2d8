/** What a call means for somebody, and how it is put into words. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSpent } from '../../tc_server/web/js/recovery.js'
import { absent, caller, invitation, isTakenOver, others, partyOf } from '../../tc_server/web/js/roster.js'
import { notes, REMEDIES, situation } from '../../tc_server/web/js/situation.js'
import { explained, troubleOf } from '../../tc_server/web/js/trouble.js'
import { sample } from './frames.js'

const CALL = sample('anyone.call')
const [STAFF, LAYLA] = CALL.parties
const RINGS = Date.parse(LAYLA.rings_until) - 1000

/** The sample's call with Layla as told. */
function call(layla, change = {}) {
  return { ...CALL, ...change, parties: [STAFF, { ...LAYLA, ...layla }] }
}

test('whose phone rings is asked, until the time of the ring is over', () => {
  assert.equal(invitation(call({}), LAYLA.id, RINGS), 'ringing')
  assert.equal(invitation(call({}), LAYLA.id, RINGS + 2000), 'none')
})

test('who declined, missed or left may still come in once somebody talks; who is in may come back', () => {
  for (const state of ['declined', 'missed', 'left']) {
    assert.equal(invitation(call({ state, rings_until: null }), LAYLA.id, RINGS), 'none')
    assert.equal(invitation(call({ state, rings_until: null }, { state: 'running' }), LAYLA.id, RINGS), 'open')
  }
  assert.equal(invitation(call({ state: 'in', leg: 1 }), LAYLA.id, RINGS), 'elsewhere')
})

test('of a call that is being prepared one is told, also who isn’t in its list yet', () => {
  for (const id of [LAYLA.id, 'somebody else']) assert.equal(invitation(call({}, { state: 'opening' }), id, RINGS), 'preparing')
})

test('nobody is asked into a call that is over, or not theirs', () => {
  assert.equal(invitation(call({}, { state: 'ended' }), LAYLA.id, RINGS), 'none')
  assert.equal(invitation(call({}), 'somebody else', RINGS), 'none')
  assert.equal(invitation(null, LAYLA.id, RINGS), 'none')
})

test('one talks with those who are in, and sees who else was asked', () => {
  const running = call({ state: 'in', leg: 2 })
  assert.deepEqual(others(running, STAFF.id).map(({ id }) => id), [LAYLA.id])
  assert.deepEqual(absent(call({}), STAFF.id).map(({ state }) => state), ['ringing'])
  assert.equal(caller(running, LAYLA.id), STAFF.name)
  assert.equal(partyOf(running, LAYLA.id).leg, 2)
})

test('a credential is spent when it has ended or soon will; what has no end never is', () => {
  const ice = (expires_at) => ({ ice_servers: [], policy: 'relay', expires_at })
  const at = '2026-01-01T12:00:00Z'
  assert.ok(!isSpent(ice(at), Date.parse(at) - 60_000))
  assert.ok(isSpent(ice(at), Date.parse(at) - 1000))
  assert.ok(isSpent(ice(at), Date.parse(at) + 1000))
  assert.ok(!isSpent(ice(null), Date.parse(at)))
})

test('a later leg takes over, one not yet told doesn’t', () => {
  const running = call({ state: 'in', leg: 2 })
  assert.ok(isTakenOver(running, LAYLA.id, 1))
  assert.ok(!isTakenOver(running, LAYLA.id, 2))
  assert.ok(!isTakenOver(running, LAYLA.id, 3))
})

const calm = {
  standings: ['connected'], ringing: false, level: 'good', audioOnly: false, heldByThem: false, refused: false, silent: false,
  own: { audio: 'on', video: 'off' },
}
const now = (change) => situation({ ...calm, ...change })
const about = (change) => notes({ ...calm, ...change }).map((note) => note.about)

test('the state of a call is one line: the worst of its connections, else how good the line is', () => {
  assert.deepEqual(now({}), { text: 'Good connection', mood: 'good' })
  assert.equal(now({ level: 'poor' }).text, 'The connection is weak')
  assert.equal(now({ standings: [] }).text, 'Waiting for the others…')
  assert.equal(now({ standings: [], ringing: true }).text, 'Ringing…')
  assert.equal(now({ standings: ['connected', 'connecting'] }).text, 'Connecting…')
  assert.equal(now({ standings: ['connecting', 'reconnecting'] }).text, 'Reconnecting…')
  assert.equal(now({ standings: ['connecting'], refused: true }).text, 'Not connected yet')
  assert.deepEqual(now({ standings: ['connected', 'stuck'] }), { text: 'Not connected yet', mood: 'lost' })
})

test('a call without trouble has no notes', () => {
  assert.deepEqual(about({}), [])
})

test('each trouble is explained, with what can be done', () => {
  assert.deepEqual(about({ silent: true, audioOnly: true }), ['sound', 'pictures'])
  assert.deepEqual(about({ own: { audio: 'blocked', video: 'busy' } }), ['audio', 'video'])
  assert.deepEqual(about({ own: { audio: 'asking', video: 'asking' } }), ['asking'])
  assert.deepEqual(about({ heldByThem: true }), ['held'])
  assert.deepEqual(about({ heldByThem: true, audioOnly: true }), ['pictures'])
  const texts = [true, false].map((refused) => notes({ ...calm, standings: ['stuck'], refused })[0].text)
  assert.notEqual(...texts)
  for (const note of notes({ ...calm, silent: true, own: { audio: 'unsupported', video: 'blocked' } })) {
    for (const remedy of note.remedies) assert.ok(REMEDIES[remedy], remedy)
  }
})

test('what a browser throws is named, and every name is explained for both devices', () => {
  const named = ['NotAllowedError', 'NotFoundError', 'NotReadableError', 'Strange'].map((name) => troubleOf({ name }))
  assert.deepEqual(named, ['blocked', 'missing', 'busy', 'failed'])
  assert.equal(troubleOf(undefined), 'failed')
  const all = ['audio', 'video'].flatMap((kind) => ['blocked', 'missing', 'busy', 'unsupported', 'failed'].map((why) => explained(kind, why)))
  assert.equal(new Set(all).size, 10)
})
