// @ts-check
/** The ways through a network to the relay, each tried by itself. */

/** @typedef {import('./roster.js').Ice} Ice */
/** @typedef {import('./figures.js').Transport} Transport */
/** @typedef {{transport: Transport, servers: RTCIceServer[]}} Way */

const PATIENCE = 8000
const ORDER = /** @type {Transport[]} */ (['udp', 'tcp', 'tls'])

/** Sort relay addresses by how they are reached; only what is set up. Pure. @param {Ice} ice @returns {Way[]} */
export function waysOf({ ice_servers }) {
  return ORDER.map((transport) => ({
    transport,
    servers: ice_servers
      .map((server) => ({ ...server, urls: server.urls.filter((url) => transportOf(url) === transport) }))
      .filter(({ urls }) => urls.length > 0)
      .map(toServer),
  })).filter(({ servers }) => servers.length > 0)
}

/** What is no relay: servers that only tell a browser its address. Pure. @param {Ice} ice @returns {RTCIceServer[]} */
export function others({ ice_servers }) {
  return ice_servers
    .map((server) => ({ ...server, urls: server.urls.filter((url) => transportOf(url) === null) }))
    .filter(({ urls }) => urls.length > 0)
    .map(toServer)
}

/** Pure. @param {string} url @returns {Transport | null} */
export function transportOf(url) {
  if (url.startsWith('turns:')) return 'tls'
  if (!url.startsWith('turn:')) return null
  return url.includes('transport=tcp') ? 'tcp' : 'udp'
}

/** Tell whether the relay can be reached in this way. @param {Way} way @returns {Promise<boolean>} */
export async function isOpen({ servers }) {
  const connection = new RTCPeerConnection({ iceServers: servers, iceTransportPolicy: 'relay' })
  connection.createDataChannel('way')
  try {
    return await new Promise((settle) => {
      const limit = setTimeout(() => settle(false), PATIENCE)
      connection.onicecandidate = ({ candidate }) => {
        // No relayed candidate until there are no more: refused, or not reached.
        if (candidate && !/ typ relay\b/.test(candidate.candidate)) return
        clearTimeout(limit)
        settle(Boolean(candidate && candidate.candidate))
      }
      void connection.setLocalDescription().catch(() => settle(false))
    })
  } finally {
    connection.onicecandidate = null
    connection.close()
  }
}

/** A browser takes no null for a name. @param {import('./roster.js').Ice['ice_servers'][number]} server @returns {RTCIceServer} */
function toServer({ urls, username, credential }) {
  return username && credential ? { urls, username, credential } : { urls }
}
