// The calls of this browser, the newest first, without anything secret.

import {h, fill, icon, iconButton, menuButton, save, time, toast} from './dom.js';
import {toneOf} from './details.js';
import {withoutSecrets} from './metadata.js';
import {WINDOW} from './call.js';

const KEY = 'rpc-console.history';
const ENTRIES = 100;
const MESSAGES = 50;
const SIZE = 60000;

export class History {
    /** on: {open(entry), replay(entry)} */
    constructor(place, on) {
        this.on = on;
        this.entries = load();
        this.list = h('ul', {class: 'history'});
        this.file = h('input', {type: 'file', accept: 'application/json', class: 'off-screen', tabindex: '-1', 'aria-hidden': 'true', onchange: () => this.take(this.file.files[0])});
        fill(place, h('div', {class: 'history-head'}, h('span', {class: 'muted'}, 'Kept in this browser'), this.file,
            menuButton(icon('more'), {class: 'icon-button', 'aria-label': 'History: export, import, clear', title: 'Export, import, clear'}, () => [
                {label: 'Export', hint: 'as a JSON file', run: () => save('rpc-calls.json', JSON.stringify({format: 'rpc-console/1', calls: this.entries}, null, 2))},
                {label: 'Import…', hint: 'an exported file', run: () => this.file.click()},
                {label: 'Clear', hint: 'all calls', run: () => this.keep([])},
            ])), this.list);
        this.draw();
    }

    /** Keeps a call that has ended. */
    add(call, draft) {
        const entry = {
            id: `${call.time}-${call.number}`, time: call.time, method: call.method.fullName, requests: call.requests, halfClosed: Boolean(call.halfClosedByNow),
            metadata: withoutSecrets(draft.metadata), deadline: draft.deadline, status: call.status, took: call.took, server: call.server,
            receivedCount: call.receivedCount, receivedBytes: call.receivedBytes, total: call.total,
            headers: withoutSecrets(call.responseHeaders ?? []), trailers: withoutSecrets(call.trailers ?? []),
            messages: call.entries.slice(-MESSAGES).map(({out, seq, at, bytes, json}) => ({out, seq, at, bytes, json})),
        };
        if (JSON.stringify(entry).length > SIZE) {
            entry.messages = [];
        }
        if (JSON.stringify(entry).length > SIZE) {
            entry.requests = [];
        }
        this.keep([entry, ...this.entries]);
    }

    keep(entries) {
        this.entries = entries.slice(0, ENTRIES);
        for (;;) {
            try {
                localStorage.setItem(KEY, JSON.stringify(this.entries));
                break;
            } catch {
                // The browser has no room for so much, or for anything
                if (this.entries.length === 0) {
                    break;
                }
                this.entries = this.entries.slice(0, Math.floor(this.entries.length / 2));
            }
        }
        this.draw();
    }

    async take(file) {
        try {
            const {format, calls} = JSON.parse(await file.text());
            if (format !== 'rpc-console/1' || !Array.isArray(calls)) {
                throw new Error('no calls');
            }
            const known = new Set(this.entries.map((entry) => entry.id));
            const fresh = calls.filter(isEntry).filter((entry) => !known.has(entry.id)).map((entry) => ({...entry, metadata: withoutSecrets(entry.metadata)}));
            this.keep([...fresh, ...this.entries].sort((a, b) => b.time - a.time));
            toast(`${fresh.length} calls imported`);
        } catch {
            toast('This file has no calls of this console');
        }
        this.file.value = '';
    }

    draw() {
        let day;
        fill(this.list, this.entries.length === 0 && h('li', {class: 'empty-note'}, 'The calls that you make stand here, to look at and to make again.'), this.entries.map((entry) => {
            const date = new Date(entry.time);
            const its = date.toLocaleDateString('en', {weekday: 'short', day: 'numeric', month: 'short'});
            const head = its === day ? null : h('li', {class: 'history-day'}, its);
            day = its;
            const name = entry.method.slice(entry.method.lastIndexOf('/') + 1);
            return [head, h('li', {class: 'history-row'},
                h('button', {type: 'button', class: 'history-open', title: entry.method, onclick: () => this.on.open(entry)},
                    h('span', {class: `dot ${entry.status ? toneOf(entry.status.code) : 'quiet'}`, 'aria-hidden': 'true'}),
                    h('span', {class: 'history-name'}, name), h('span', {class: 'history-status'}, entry.status?.name ?? ''),
                    h('small', {class: 'muted'}, `${date.toLocaleTimeString('en-GB')} · ${time(entry.took ?? 0)}`)),
                iconButton('play', `Make the call to ${name} again`, () => this.on.replay(entry)))];
        }));
    }
}

/** A call of the history as the response panel shows calls. */
export function pastCall(entry, method) {
    return {method, state: 'ended', isLive: false, maySend: false, paused: false, entries: entry.messages.slice(-WINDOW), total: entry.total, outgoing: new Map(),
        requests: entry.requests, sentBytes: 0, sentCount: entry.requests.length, receivedCount: entry.receivedCount, receivedBytes: entry.receivedBytes, status: entry.status,
        responseHeaders: entry.headers, trailers: entry.trailers, server: entry.server, took: entry.took, time: entry.time};
}

function isEntry(entry) {
    const texts = (list) => Array.isArray(list) && list.every((one) => typeof one === 'string');
    return entry && typeof entry.id === 'string' && typeof entry.time === 'number' && typeof entry.method === 'string' && texts(entry.requests)
        && Array.isArray(entry.metadata) && entry.metadata.every(({name, value}) => typeof name === 'string' && typeof value === 'string')
        && typeof entry.deadline === 'string' && Array.isArray(entry.messages) && Array.isArray(entry.headers) && Array.isArray(entry.trailers) && typeof entry.status?.name === 'string';
}

function load() {
    try {
        return JSON.parse(localStorage.getItem(KEY) ?? '[]').filter(isEntry);
    } catch {
        return [];
    }
}
