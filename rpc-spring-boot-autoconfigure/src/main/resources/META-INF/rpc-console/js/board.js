// The live board: pools, channels and calls of the server, each second.

import {h, svg, fill, count, time} from './dom.js';

const SECONDS = 60;
const TONES = {READY: 'ok', IDLE: 'quiet', CONNECTING: 'slow', TRANSIENT_FAILURE: 'bad', SHUTDOWN: 'bad'};
const SHOWN = 100;

export class Board {
    constructor(place, wire) {
        this.wire = wire;
        this.pools = new Map();
        this.state = h('span', {class: 'pill idle'}, 'No data yet');
        this.addresses = h('small', {class: 'muted'});
        this.poolList = h('div', {class: 'pools'});
        this.channelList = h('div', {class: 'channels'});
        this.callsTitle = h('h3', null, 'Live calls');
        this.callList = h('ul', {class: 'live-calls'});
        fill(place, h('div', {class: 'board-head'}, h('h2', null, 'Live'), this.state), h('div', {class: 'board-address'}, this.addresses),
            h('section', {'aria-label': 'Pools'}, h('h3', null, 'Pools'), this.poolList),
            h('section', {'aria-label': 'Channels'}, h('h3', null, 'Channels'), this.channelList),
            h('section', {'aria-label': 'Live calls'}, this.callsTitle, this.callList));
        wire.on('board', (frame) => this.show(frame));
        wire.on('hello', () => this.watch(this.on));
        document.addEventListener('visibilitychange', () => this.watch(this.on));
    }

    /** Asks for the numbers only while somebody can see them. */
    watch(on) {
        this.on = on;
        this.wire.send({type: 'board', on: Boolean(on) && !document.hidden});
    }

    show(frame) {
        this.state.className = `pill ${frame.state === 'running' ? 'ok' : 'slow'}`;
        fill(this.state, h('span', {class: 'dot', 'aria-hidden': 'true'}), frame.state);
        this.addresses.textContent = (frame.server ?? []).filter((one) => !one.startsWith('in-process:console-')).join(', ');
        fill(this.poolList, frame.pools.map((pool) => this.pool(pool, frame.time)));
        fill(this.channelList, frame.channels.length === 0 ? h('p', {class: 'empty-note'}, 'No client channels.') : frame.channels.map(channel));
        const {count: all, list} = frame.calls;
        fill(this.callsTitle, 'Live calls', h('span', {class: 'badge'}, all.toLocaleString('en')));
        fill(this.callList, list.length === 0 ? h('li', {class: 'empty-note'}, 'No call is running.') : list.slice(0, SHOWN).map(liveCall),
            all > Math.min(list.length, SHOWN) && h('li', {class: 'empty-note'}, `and ${(all - Math.min(list.length, SHOWN)).toLocaleString('en')} more`));
    }

    pool(pool, now) {
        const seen = this.pools.get(pool.name) ?? {running: [], last: pool, time: now - 1000};
        this.pools.set(pool.name, seen);
        seen.running.push(pool.running + pool.waiting);
        if (seen.running.length > SECONDS) {
            seen.running.shift();
        }
        const seconds = Math.max(0.5, (now - seen.time) / 1000);
        const rate = Math.max(0, pool.completed - seen.last.completed) / seconds;
        const begun = pool.started - seen.last.started;
        const queue = begun > 0 ? (pool.queueMillis - seen.last.queueMillis) / begun : 0;
        const refused = pool.refused > seen.last.refused;
        seen.last = pool;
        seen.time = now;
        const full = pool.size !== null && pool.running >= pool.size;
        const waiting = pool.queueCapacity === null || pool.queueCapacity === undefined ? String(pool.waiting) : `${pool.waiting} of ${pool.queueCapacity.toLocaleString('en')}`;
        const facts = [['calls', `${rate < 10 ? rate.toFixed(1).replace('.0', '') : Math.round(rate).toLocaleString('en')}/s`], ['waiting', waiting, pool.waiting > 0 && 'slow'],
            ['queue time', time(queue), queue > 100 && 'slow', 'of the calls that began in the last second'], ['longest', time(pool.longestQueueMillis), false, 'the longest time that a call waited'],
            ['refused', pool.refused.toLocaleString('en'), refused && 'bad'], ['expired', pool.expired.toLocaleString('en'), pool.expired > 0 && 'slow']];
        const share = pool.size ? Math.min(100, (100 * pool.running) / pool.size) : 0;
        const bar = h('div', {class: full ? 'bar full' : 'bar', role: 'meter', 'aria-label': `Running in ${pool.name}`, 'aria-valuenow': pool.running, 'aria-valuemin': 0, 'aria-valuemax': pool.size ?? pool.running}, h('span'));
        bar.firstElementChild.style.width = `${share}%`;
        return h('article', {class: 'pool'},
            h('div', {class: 'pool-head'}, h('strong', null, pool.name), h('small', {class: 'muted'}, pool.type), spark(seen.running),
                h('span', {class: 'pool-running', title: 'running'}, String(pool.running), h('small', null, pool.size === null ? ' running' : ` of ${pool.size}`))),
            pool.size === null ? null : bar,
            h('dl', {class: 'pool-facts'}, facts.map(([name, value, tone, title]) => h('div', {class: tone || null, title}, h('dt', null, name), h('dd', null, value)))));
    }
}

/** A line of the last minute. */
function spark(values) {
    const most = Math.max(1, ...values);
    const points = values.map((v, i) => `${(60 - (values.length - 1 - i)).toFixed(0)},${(15 - (13 * v) / most).toFixed(1)}`);
    return svg('svg', {class: 'spark', viewBox: '0 0 61 16', 'aria-hidden': 'true', preserveAspectRatio: 'none'},
        values.length > 1 && svg('path', {class: 'spark-area', d: `M${points.join('L')}L60,16L${60 - (values.length - 1)},16Z`}),
        svg('polyline', {points: points.join(' ')}));
}

function channel(one) {
    const facts = [count(one.connections, 'connection'), count(one.users, 'user'), count(one.calls, 'call')];
    return h('article', {class: 'channel'}, h('span', {class: `dot ${TONES[one.state] ?? 'quiet'}`, 'aria-hidden': 'true'}),
        h('div', null, h('div', {class: 'channel-head'}, h('strong', null, one.name), h('span', {class: `state ${TONES[one.state] ?? 'quiet'}`}, one.state)),
            h('small', {class: 'muted target'}, one.target), h('small', {class: 'muted'}, facts.join(' · ')),
            one.lastFailure && h('small', {class: 'bad-text'}, one.lastFailure)));
}

/** Calls of this page come from a door with a name that nobody can guess. */
function peer(text) {
    return /^(?:in-process:)?console-/.test(text ?? '') ? 'this console' : text?.replace(/^\//, '');
}

function liveCall(one) {
    const [service, method] = one.method.split('/');
    return h('li', {class: 'live-call'}, h('div', {class: 'live-head'}, h('strong', {title: one.method}, method ?? service), h('span', {class: `stage ${one.stage}`}, one.stage), h('span', {class: 'age'}, time(one.age))),
        h('small', {class: 'muted'}, [peer(one.peer), one.thread ?? one.pool].filter(Boolean).join(' · ')));
}

