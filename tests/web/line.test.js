/** How a call uses its line: what is asked of voice, what is hidden, how good it is, and when it is tried anew. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FIRST, nextLimit, tuned } from '../../tc_server/web/js/bitrate.js'
import { compare, insist, judge, levelOf, read, unjudged, worst } from '../../tc_server/web/js/quality.js'
import { isDue, standing } from '../../tc_server/web/js/recovery.js'
import { preferVoice, relayed, relayedOnly } from '../../tc_server/web/js/sdp.js'

const HOST = 'candidate:1 1 udp 2122260223 192.168.1.7 54321 typ host generation 0'
const REFLEXIVE = 'candidate:2 1 udp 1686052607 203.0.113.9 54321 typ srflx raddr 192.168.1.7 rport 54321'
const RELAY = 'candidate:3 1 udp 41885439 198.51.100.2 49160 typ relay raddr 203.0.113.9 rport 54321 generation 0'
const SDP = [
  'v=0', 'o=- 1 2 IN IP4 127.0.0.1', 's=-', 't=0 0',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111 63', 'a=rtpmap:111 opus/48000/2', 'a=fmtp:111 minptime=10;useinbandfec=1', 'a=rtpmap:63 red/48000/2',
  'a=fmtp:63 111/111', 'a=ptime:20', `a=${HOST}`, `a=${REFLEXIVE}`, `a=${RELAY}`,
  'm=video 9 UDP/TLS/RTP/SAVPF 96', 'a=rtpmap:96 VP8/90000', 'a=fmtp:96 x=1', '',
].join('\r\n')

test('voice is asked for thin, mended, silent when nobody speaks, and in long frames', () => {
  const lines = preferVoice(SDP).split('\r\n')
  const voice = lines.find((line) => line.startsWith('a=fmtp:111 '))
  for (const wish of ['useinbandfec=1', 'usedtx=1', 'maxaveragebitrate=20000', 'stereo=0']) assert.ok(voice.includes(wish), wish)
  assert.equal(lines.filter((line) => line.startsWith('a=fmtp:111 ')).length, 1)
  assert.deepEqual(lines.filter((line) => line.startsWith('a=ptime')), ['a=ptime:60'])
  assert.ok(lines.indexOf('a=ptime:60') < lines.indexOf('m=video 9 UDP/TLS/RTP/SAVPF 96'))
  assert.ok(lines.includes('a=fmtp:96 x=1') && lines.includes('a=fmtp:63 111/111'))
})

test('asking twice changes nothing more, and without voice nothing is asked', () => {
  assert.equal(preferVoice(preferVoice(SDP)), preferVoice(SDP))
  const mute = 'v=0\r\nm=audio 9 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n'
  assert.equal(preferVoice(mute), mute)
})

test('of the ways to this device only the relay is told, and not what lies behind it', () => {
  assert.equal(relayed(HOST), null)
  assert.equal(relayed(REFLEXIVE), null)
  assert.match(relayed(RELAY), /198\.51\.100\.2 49160 typ relay raddr 0\.0\.0\.0 rport 9 generation 0/)
  const told = relayedOnly(SDP)
  assert.ok(!/192\.168|203\.0\.113/.test(told))
  assert.equal(told.match(/^a=candidate/gm).length, 1)
})

const reading = (at, change = {}) => ({ at, received: 0, lost: 0, jitter: 0, rtt: 0, loss: 0, sent: 0, got: 0, ...change })

test('the counters of a browser become figures', () => {
  const stats = new Map([
    ['a', { type: 'inbound-rtp', kind: 'audio', packetsReceived: 90, packetsLost: 10, jitter: 0.02 }],
    ['b', { type: 'remote-inbound-rtp', kind: 'audio', fractionLost: 0.05 }],
    ['c', { type: 'candidate-pair', nominated: true, state: 'succeeded', currentRoundTripTime: 0.3, bytesSent: 5000, bytesReceived: 2500 }],
    ['d', { type: 'candidate-pair', nominated: false, state: 'failed', currentRoundTripTime: 9, bytesSent: 1 }],
  ])
  const figures = compare(reading(0), read(stats, 2000))
  assert.deepEqual(figures, { loss: 0.1, rtt: 0.3, jitter: 0.02, out: 20, in: 10 })
  assert.equal(levelOf(figures), 'fair')
})

test('a line is as good as its worst figure', () => {
  const level = (change) => levelOf({ loss: 0, rtt: 0.1, jitter: 0.01, out: 0, in: 0, ...change })
  assert.equal(level({}), 'good')
  assert.deepEqual([level({ loss: 0.05 }), level({ rtt: 0.6 }), level({ jitter: 0.1 })], ['fair', 'fair', 'fair'])
  assert.deepEqual([level({ loss: 0.2 }), level({ rtt: 2 }), level({ jitter: 0.3 })], ['poor', 'poor', 'poor'])
  assert.equal(worst(['good', 'lost', 'fair']), 'lost')
  assert.equal(worst([]), 'good')
})

/** Judge one level every two seconds, from a moment on. */
function course(known, levels, { from = 0, pictures = true } = {}) {
  return levels.reduce((judgement, level, index) => judge(judgement, level, pictures, from + index * 2000), known)
}
const times = (count, level) => Array.from({ length: count }, () => level)

test('one bad moment is not shown, two are; a break is shown at once', () => {
  assert.equal(course(unjudged(), ['good', 'poor', 'good']).level, 'good')
  assert.equal(course(unjudged(), ['good', 'poor', 'poor']).level, 'poor')
  assert.equal(course(unjudged(), ['good', 'lost']).level, 'lost')
})

test('pictures stop after some weak seconds, and come back after many fit ones', () => {
  const weak = course(unjudged(), times(4, 'poor'))
  assert.ok(weak.audioOnly)
  const soon = course(weak, times(5, 'good'), { from: 8000 })
  assert.ok(soon.audioOnly)
  const later = course(weak, times(11, 'good'), { from: 8000 })
  assert.ok(!later.audioOnly)
  assert.ok(later.wait > weak.wait, 'the next time it takes longer')
})

test('on a line that is no more than fair pictures stay away longer', () => {
  const weak = course(unjudged(), times(4, 'poor'))
  assert.ok(course(weak, times(20, 'fair'), { from: 8000 }).audioOnly)
  assert.ok(!course(weak, times(31, 'fair'), { from: 8000 }).audioOnly)
})

test('a line that swings does not make pictures come and go', () => {
  const weak = course(unjudged(), times(4, 'poor'))
  assert.ok(course(weak, Array.from({ length: 40 }, (_, index) => (index % 5 ? 'good' : 'poor')), { from: 8000 }).audioOnly)
})

test('a break between weak moments gives no line the time back', () => {
  assert.ok(course(unjudged(), ['poor', 'lost', 'poor']).audioOnly)
})

test('a break alone takes no pictures away, nor does a weak line without any', () => {
  assert.ok(!course(unjudged(), times(20, 'lost')).audioOnly)
  assert.ok(!course(unjudged(), times(20, 'poor'), { pictures: false }).audioOnly)
})

test('who wants pictures all the same gets them for a while', () => {
  const wanted = insist(course(unjudged(), times(4, 'poor')), 8000)
  assert.ok(!wanted.audioOnly)
  assert.ok(!course(wanted, times(9, 'poor'), { from: 8000 }).audioOnly)
  assert.ok(course(wanted, times(12, 'poor'), { from: 8000 }).audioOnly)
})

test('the limit for pictures rises slowly and falls at once, within bounds', () => {
  assert.ok(nextLimit(FIRST, 'good') > FIRST)
  assert.equal(nextLimit(700_000, 'fair'), FIRST)
  assert.ok(nextLimit(FIRST, 'poor') <= 100_000)
  assert.equal(times(99, 'good').reduce(nextLimit, FIRST), 800_000)
})

test('voice goes first; a face gives up sharpness, a screen motion, and what is held sends nothing', () => {
  const asked = { encodings: [{ rid: 'kept' }], transactionId: 't' }
  const voice = tuned(asked, { kind: 'audio', limit: FIRST, held: true, screen: false, sharp: false })
  assert.deepEqual(voice.encodings, [{ rid: 'kept', maxBitrate: 20_000, priority: 'high', networkPriority: 'high' }])
  const face = tuned(asked, { kind: 'video', limit: FIRST, held: false, screen: false, sharp: false })
  assert.deepEqual([face.encodings[0].maxBitrate, face.encodings[0].active, face.degradationPreference], [FIRST, true, 'maintain-framerate'])
  assert.equal(face.transactionId, 't')
  const screen = tuned(asked, { kind: 'video', limit: FIRST, held: true, screen: true, sharp: true })
  assert.deepEqual([screen.encodings[0].active, screen.degradationPreference], [false, 'maintain-resolution'])
  const wound = tuned(asked, { kind: 'video', limit: FIRST, held: false, screen: false, sharp: true })
  assert.deepEqual([wound.encodings[0].maxFramerate, wound.degradationPreference], [20, 'maintain-resolution'])
})

const made = { connection: 'new', ever: false, since: 0, tried: 0 }

test('a connection that never answers is tried anew, and explained in the end', () => {
  assert.ok(!isDue(made, 5000))
  assert.ok(isDue(made, 8000))
  assert.ok(!isDue({ ...made, tried: 8000 }, 9000))
  assert.deepEqual([1000, 14_000, 16_000].map((now) => standing(made, now)), ['connecting', 'connecting', 'stuck'])
})

test('a broken one gets a moment to mend itself, a failed one none', () => {
  const broken = { connection: 'disconnected', ever: true, since: 60_000, tried: 0 }
  assert.ok(!isDue(broken, 62_000))
  assert.ok(isDue(broken, 63_000))
  assert.ok(isDue({ ...broken, connection: 'failed' }, 60_000))
  assert.deepEqual([61_000, 81_000].map((now) => standing(broken, now)), ['reconnecting', 'stuck'])
})

test('what is connected or closed is left alone', () => {
  for (const connection of ['connected', 'closed']) assert.ok(!isDue({ ...made, connection }, 99_000))
  assert.equal(standing({ ...made, connection: 'connected' }, 99_000), 'connected')
})
