import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { isOver, nothing, reduce, toSend, upTo } from '../../tc_server/web/js/state.js'
import { message, sample } from './frames.js'

const NOW = Date.parse('2026-11-20T08:00:00Z')
const STAFF = sample('anyone.read').reader

/** The state after frames, the first of them the server's hello. */
function after(...frames) {
  return [sample('participant.hello'), ...frames].reduce((state, frame) => reduce(state, frame, NOW), nothing())
}

const ME = after().session.me
const mine = (seq, client_id) => message(seq, { client_id, sender: ME })

test('every frame that a participant may get leaves a whole state behind', () => {
  const names = readdirSync(new URL('../wire/samples/', import.meta.url))
    .filter((name) => /^(participant|anyone)\./.test(name)).map((name) => name.replace('.json', ''))
  for (const name of names) {
    const state = after(sample(name))
    assert.deepEqual(Object.keys(state), Object.keys(nothing()), name)
    assert.equal(state.session.session_id, sample('participant.hello').sessions[0].session_id)
  }
})

test('a frame of a later protocol changes nothing', () => {
  const state = after()
  assert.equal(reduce(state, { type: 'weather' }, NOW), state)
})

test('hello brings the session, the link and the clock', () => {
  const state = reduce(nothing(), sample('participant.hello'), NOW - 3000)
  assert.equal(state.connection, 'online')
  assert.equal(state.session.place, 1)
  assert.equal(state.skew, 3000)
})

test('a call is known from its frame, and from hello, until it has ended', () => {
  const call = sample('anyone.call')
  assert.equal(after(call).call.call_id, call.call_id)
  assert.equal(after(call, sample('anyone.call-ended')).call, null)
  assert.equal(after(sample('participant.hello-call')).call.call_id, call.call_id)
  assert.equal(after(call, sample('participant.hello')).call, null)
  assert.equal(after(call, { ...sample('participant.session'), state: 'closed' }).call, null)
})

test('the place in line moves by itself', () => {
  assert.equal(after(sample('participant.place')).session.place, 2)
})

test('messages stand in the order of seq, whatever the order of coming, and never twice', () => {
  const { log } = after(message(3), message(1), message(2), message(3))
  assert.deepEqual(log.map(({ seq }) => seq), [1, 2, 3])
})

test('a gap is not passed over when telling how far the log is known', () => {
  assert.equal(upTo(after()), 0)
  assert.equal(upTo(after(message(1), message(3))), 1)
  assert.equal(upTo(after(message(1), message(3), message(2))), 3)
})

test('somebody added later knows the log from their first seq', () => {
  const hello = sample('participant.hello')
  hello.sessions[0].first_seq = 5
  assert.equal(upTo(reduce(nothing(), hello, NOW)), 4)
})

test('written words are unsent until they come back under their client id', () => {
  const written = { type: 'my-words', client_id: 'client-id-a', text: 'hello' }
  assert.equal(toSend(after(written)).length, 1)
  const state = after(written, mine(1, 'client-id-a'))
  assert.equal(toSend(state).length, 0)
  assert.equal(state.log.length, 1)
})

test('words kept on the phone that the log has already are not shown twice', () => {
  const state = after(mine(1, 'client-id-a'), { type: 'my-words', client_id: 'client-id-a', text: 'hello' })
  assert.equal(state.unsent.length, 0)
})

test('the same client id from somebody else acknowledges nothing', () => {
  const written = { type: 'my-words', client_id: 'client-id-a', text: 'hello' }
  const state = after(written, message(1, { client_id: 'client-id-a', sender: STAFF }))
  assert.equal(toSend(state).length, 1)
})

test('refused words stay, with the reason, and are not sent again by themselves', () => {
  const written = { type: 'my-words', client_id: 'client-id-a', text: 'hello' }
  const state = after(written, { type: 'error', client_id: 'client-id-a', code: 'text_too_long', detail: '' })
  assert.equal(state.unsent[0].refused, 'text_too_long')
  assert.deepEqual(toSend(state), [])
})

test('an error that is about no message leaves all messages alone', () => {
  const state = after({ type: 'error', code: 'slow_down', detail: '' })
  assert.deepEqual(state, after())
})

test('read marks rise, never fall, and only staff sets them', () => {
  const read = (seq, reader = STAFF) => ({ type: 'read', session_id: '', seq, reader })
  assert.equal(after(read(4), read(2)).session.staff_read_seq, 4)
  assert.equal(after(read(4, ME)).session.staff_read_seq, 0)
})

test('typing is noted for others, and ends with their message', () => {
  const typing = { ...sample('anyone.typing'), sender: STAFF }
  assert.deepEqual(Object.keys(after(typing).typing), [STAFF.id])
  assert.deepEqual(after(typing, message(1, { sender: STAFF })).typing, {})
  assert.deepEqual(after({ ...typing, sender: ME }).typing, {})
})

test('the end leaves nothing of the log; words that were not sent are still there to be shown', () => {
  const closed = { ...sample('participant.session'), state: 'closed' }
  const state = after(message(1), { type: 'my-words', client_id: 'client-id-b', text: 'late' }, closed, message(2))
  assert.ok(isOver(state))
  assert.deepEqual(state.log, [])
  assert.equal(toSend(state).length, 1)
})

test('a session that is opened again asks for its log from the start', () => {
  const session = sample('participant.session')
  const state = after(message(1), { ...session, state: 'closed' }, { ...session, state: 'open' })
  assert.ok(!isOver(state))
  assert.equal(upTo(state), 0)
})

test('a file shows how far it is, and goes when it is taken back', () => {
  const picked = { type: 'my-file', client_id: 'client-id-f', file: { name: 'a.pdf', type: 'application/pdf', size: 9 } }
  const state = after(picked, { type: 'my-progress', client_id: 'client-id-f', progress: 0.5 })
  assert.equal(state.unsent[0].progress, 0.5)
  assert.equal(reduce(state, { type: 'my-removal', client_id: 'client-id-f' }, NOW).unsent.length, 0)
})
