// @ts-check
/** What is changed in a session description: how voice is sent, and whose addresses it tells. Pure. */

/** What the other side's encoder shall do for us (RFC 7587): 20 kbit/s is clear speech, lost frames are mended, silence costs nothing. */
const VOICE = { minptime: '40', maxaveragebitrate: '20000', 'sprop-stereo': '0', stereo: '0', useinbandfec: '1', usedtx: '1' }
/** Milliseconds a packet: at 20 the headers alone would cost over 20 kbit/s through a relay. */
const FRAME = 60

/** Ask for voice that fits a thin line. Used on what the peer says, as that is what a browser's encoder heeds. @param {string} sdp */
export function preferVoice(sdp) {
  return sections(sdp).map((section) => (section.startsWith('m=audio') ? voiced(section) : section)).join('')
}

/** @param {string} section */
function voiced(section) {
  const type = /^a=rtpmap:(\d+) opus\/48000/mi.exec(section)?.[1]
  if (!type) return section
  const before = new RegExp(`^a=fmtp:${type} (.*?)\\r?$`, 'm').exec(section)?.[1] || ''
  const known = Object.fromEntries(before.split(';').filter(Boolean).map((pair) => pair.trim().split('=')))
  const line = Object.entries({ ...known, ...VOICE }).map(([name, value]) => `${name}=${value}`).join(';')
  return section
    .replace(new RegExp(`^a=(fmtp:${type} |ptime:|maxptime:)[^\\n]*\\n`, 'gm'), '')
    .replace(new RegExp(`^a=rtpmap:${type} [^\\n]*\\n`, 'm'), (found) => `${found}a=fmtp:${type} ${line}\r\na=ptime:${FRAME}\r\n`)
}

/**
 * Take out every address but the relay's: none of this device's own may reach the other side, whatever the browser gathers.
 * @param {string} sdp
 */
export function relayedOnly(sdp) {
  return sdp.replace(/^a=(candidate:.*?)\r?\n/gm, (_, candidate) => {
    const kept = relayed(candidate)
    return kept ? `a=${kept}\r\n` : ''
  })
}

/** Return a candidate without what lies behind the relay, or null if it is of another type. @param {string} candidate */
export function relayed(candidate) {
  if (!/ typ relay\b/.test(candidate)) return null
  return candidate.replace(/ raddr \S+ rport \d+/, ' raddr 0.0.0.0 rport 9')
}

/** Split a description into what is common and one part a medium. @param {string} sdp */
function sections(sdp) {
  return sdp.split(/^(?=m=)/m)
}
