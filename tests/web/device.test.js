// @ts-check
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { abilityOf, browserOf } from '../../tc_server/web/js/ability.js'
import { judged, levelOf, roundTrip, throughput } from '../../tc_server/web/js/figures.js'
import { others, transportOf, waysOf } from '../../tc_server/web/js/ways.js'

const ANDROID = 'Mozilla/5.0 (Linux; Android 13; SM-A135F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36'
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1'
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15'
const ABLE = { secure: true, devices: true, connections: true, agent: ANDROID }
const GOOD = { rtt_ms: 90, loss: 0, kbps: 900 }
const ALL = { able: true, audio: true, video: true, heard: true, through: true, figures: GOOD }

test('a browser is able, or what it lacks is named', () => {
  assert.equal(abilityOf(ABLE), 'able')
  assert.equal(abilityOf({ ...ABLE, connections: false }), 'unable')
  assert.equal(abilityOf({ ...ABLE, secure: false, devices: false }), 'insecure')
  assert.equal(abilityOf({ ...ABLE, devices: false }), 'unable')
})

test('apps that show pages inside of themselves are recognised', () => {
  for (const name of ['[FBAN/FBIOS;FBAV/400]', 'Instagram 300.0', 'WhatsApp/2.24', 'TikTok 33', 'Version/4.0 Chrome/130 Mobile; wv)']) {
    assert.equal(abilityOf({ ...ABLE, agent: `${ANDROID} ${name}` }), 'inside', name)
    assert.equal(browserOf(`${ANDROID} ${name}`, 5), 'inside', name)
  }
})

test('help is that of the browser in hand', () => {
  assert.equal(browserOf(ANDROID, 5), 'android')
  assert.equal(browserOf(ANDROID.replace('Chrome', 'SamsungBrowser/25.0 Chrome'), 5), 'samsung')
  assert.equal(browserOf(IPHONE, 5), 'iphone')
  assert.equal(browserOf(MAC, 5), 'iphone')
  assert.equal(browserOf(MAC, 0), 'safari')
  assert.equal(browserOf('Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0', 0), 'firefox')
  assert.equal(browserOf('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36', 0), 'desktop')
  assert.equal(browserOf('Lynx/2.9', 0), 'other')
})

test('ways to the relay are told apart, and only those that are set up are tried', () => {
  const urls = ['turn:a:1', 'turn:a:1?transport=tcp', 'turns:a:443?transport=tcp', 'turn:b:2']
  const ice = /** @type {any} */ ({ policy: 'relay', ice_servers: [{ urls, username: 'u', credential: 'c' }, { urls: ['stun:a:1'], username: null, credential: null }] })
  const ways = waysOf(ice)
  assert.deepEqual(ways.map(({ transport }) => transport), ['udp', 'tcp', 'tls'])
  assert.deepEqual(ways[0].servers, [{ urls: ['turn:a:1', 'turn:b:2'], username: 'u', credential: 'c' }])
  assert.deepEqual(others(ice), [{ urls: ['stun:a:1'] }])
  assert.deepEqual(waysOf({ ice_servers: [], policy: 'all', expires_at: null }), [])
  assert.equal(transportOf('stun:a:1'), null)
})

test('the round trip is the middle one, and what did not come back is lost', () => {
  assert.deepEqual(roundTrip([30, 900, 20.4], 4), { rtt_ms: 30, loss: 0.25 })
  assert.deepEqual(roundTrip([], 10), { rtt_ms: null, loss: 1 })
})

test('speed is what came back once the connection had found its pace', () => {
  const arrivals = [{ at: 500, bytes: 9e9 }, { at: 1000, bytes: 50_000 }, { at: 2999, bytes: 50_000 }, { at: 3000, bytes: 9e9 }]
  assert.equal(throughput(arrivals, 1000, 3000), 400)
})

test('a good line with everything is good for video', () => {
  assert.deepEqual(judged(ALL), { result: 'video', reasons: ['ready'] })
})

test('each lack is named, and what works all the same', () => {
  /** @param {object} change */
  const after = (change) => judged({ ...ALL, ...change })
  assert.deepEqual(after({ able: false, through: false }), { result: 'chat', reasons: ['browser', 'writing'] })
  assert.deepEqual(after({ through: false }), { result: 'chat', reasons: ['network', 'writing'] })
  assert.deepEqual(after({ audio: false }), { result: 'chat', reasons: ['microphone', 'writing'] })
  assert.deepEqual(after({ video: false }), { result: 'voice', reasons: ['camera'] })
  assert.deepEqual(after({ heard: false }), { result: 'video', reasons: ['silent'] })
  assert.deepEqual(after({ figures: { ...GOOD, kbps: 120 } }), { result: 'voice', reasons: ['slow'] })
  assert.deepEqual(after({ figures: { ...GOOD, kbps: 12 } }), { result: 'chat', reasons: ['weak', 'writing'] })
  assert.deepEqual(after({ figures: { rtt_ms: 900, loss: 0.1, kbps: 900 } }), { result: 'voice', reasons: ['slow', 'lossy', 'late'] })
  assert.deepEqual(after({ figures: { rtt_ms: 2000, loss: 0, kbps: 900 } }).result, 'chat')
})

test('what could not be measured is said, and stands in nobody’s way', () => {
  const figures = { rtt_ms: null, loss: null, kbps: null }
  assert.equal(levelOf(figures), 'unmeasured')
  assert.deepEqual(judged({ ...ALL, figures }), { result: 'video', reasons: ['unmeasured'] })
})
