// One call and what has come of it so far: the page shows this, and grants what may come next.

import {readable} from './json.js';
import {manyRequests, manyResponses} from './types.js';

/** Messages that the page keeps and shows of each call. */
export const WINDOW = 500;

/** Characters of them that it keeps: a few large ones count as many. */
const KEPT = 32e6;

/** Responses that may be on their way at first, at most, and in bytes: a page that cannot follow stops the handler. */
const FIRST_CREDITS = 100;
const MOST_CREDITS = 500;
const BYTES_AHEAD = 4e6;

let numbers = 0;

export class Calls {
    constructor(wire) {
        this.wire = wire;
        this.live = new Map();
        const events = ['started', 'running', 'headers', 'sent', 'halfClosed', 'message', 'end', 'invalid'];
        events.forEach((type) => wire.on(type, (frame) => this.live.get(frame.call)?.[type]?.(frame)));
        wire.on('state', ({state}) => {
            if (state === 'lost') {
                [...this.live.values()].forEach((call) => call.lost());
            }
        });
    }

    /** Starts a call; request is {json, metadata, deadline}. */
    start(method, request, {stepwise, onchange}) {
        const call = new Call(this, method, request, stepwise, onchange);
        const {wire} = this;
        this.live.set(call.number, call);
        const sent = wire.send({type: 'start', call: call.number, service: method.service, method: method.name, metadata: request.metadata,
            deadline: request.deadline, credits: call.granted, json: request.json});
        if (!sent) {
            call.invalid({at: 'call', path: '', text: 'There is no connection to the server.'});
        }
        return call;
    }
}

class Call {
    constructor(calls, method, request, stepwise, onchange) {
        this.calls = calls;
        this.number = ++numbers;
        this.method = method;
        this.request = request;
        this.onchange = onchange;
        this.state = 'starting';
        this.begun = performance.now();
        this.time = Date.now();
        this.paused = Boolean(stepwise) && manyResponses(method);
        this.granted = this.paused ? 0 : FIRST_CREDITS;
        this.entries = [];
        this.kept = 0;
        this.total = 0;
        this.outgoing = new Map();
        this.requests = [];
        this.receivedCount = 0;
        this.receivedBytes = 0;
        this.sentBytes = 0;
        this.sentCount = 0;
        if (request.json !== null) {
            this.put(request.json);
        }
    }

    get isLive() {
        return this.state === 'starting' || this.state === 'waiting' || this.state === 'running';
    }

    get maySend() {
        return this.isLive && manyRequests(this.method) && !this.closing;
    }

    add(entry) {
        entry.index = this.total++;
        this.entries.push(entry);
        this.kept += entry.json?.length ?? 0;
        while (this.entries.length > WINDOW || (this.kept > KEPT && this.entries.length > 1)) {
            const old = this.entries.shift();
            this.kept -= old.json?.length ?? 0;
            old.json = null;
            old.missing = 'no longer kept';
        }
    }

    put(json) {
        const entry = {out: true, json, seq: ++this.sentCount, at: null, bytes: null};
        this.outgoing.set(entry.seq, entry);
        if (this.requests.length < 50) {
            this.requests.push(json);
        }
        this.add(entry);
    }

    changed(what, entry) {
        this.onchange(what, entry);
    }

    // What a person does

    send(json) {
        this.put(json);
        this.calls.wire.send({type: 'send', call: this.number, seq: this.sentCount, json});
        this.changed('entries');
    }

    halfClose() {
        this.closing = true;
        this.calls.wire.send({type: 'halfClose', call: this.number});
        this.changed('state');
    }

    cancel() {
        this.cancelled = true;
        this.calls.wire.send({type: 'cancel', call: this.number});
    }

    pause() {
        this.paused = true;
        this.granted = this.receivedCount;
        this.calls.wire.send({type: 'pause', call: this.number});
        this.changed('state');
    }

    resume() {
        this.paused = false;
        this.grant();
        this.changed('state');
    }

    /** One response more, while paused. */
    step() {
        this.granted++;
        this.calls.wire.send({type: 'credit', call: this.number, messages: 1});
    }

    /** Lets come as many as have been taken in. */
    grant() {
        const most = this.receivedCount === 0 ? FIRST_CREDITS
            : Math.max(1, Math.min(MOST_CREDITS, Math.floor((BYTES_AHEAD * this.receivedCount) / (this.receivedBytes + 1))));
        const open = this.granted - this.receivedCount;
        if (this.isLive && !this.paused && manyResponses(this.method) && open <= most / 2) {
            this.granted += most - open;
            this.calls.wire.send({type: 'credit', call: this.number, messages: most - open});
        }
    }

    // What the server says

    started(frame) {
        this.state = 'waiting';
        this.time = frame.time;
        this.changed('state');
    }

    running(frame) {
        this.state = 'running';
        this.server = {pool: frame.pool, thread: frame.thread, waited: frame.waited};
        this.changed('state');
    }

    headers(frame) {
        this.responseHeaders = frame.metadata;
        this.headersAt = frame.at;
        this.changed('state');
    }

    sent(frame) {
        const entry = this.outgoing.get(frame.seq);
        if (entry) {
            this.outgoing.delete(frame.seq);
            entry.at = frame.at;
            entry.bytes = frame.bytes;
            this.sentBytes += frame.bytes;
            this.changed('sent', entry);
        }
    }

    halfClosed() {
        this.closing = true;
        this.halfClosedByNow = true;
        this.changed('state');
    }

    message(frame) {
        this.receivedCount++;
        this.receivedBytes += frame.bytes;
        this.add({out: false, json: frame.json && readable(frame.json), seq: frame.seq, at: frame.at, bytes: frame.bytes, missing: frame.problem ?? (frame.tooLarge ? 'too large to show' : null)});
        this.changed('entries');
        this.grant();
    }

    end(frame) {
        this.status = frame.status;
        this.trailers = frame.trailers;
        this.server = {...this.server, ...Object.fromEntries(Object.entries(frame.server ?? {}).filter(([, v]) => v !== null))};
        this.took = frame.at;
        this.finish('ended');
    }

    invalid(frame) {
        if (this.state === 'starting') {
            this.refused = frame;
            this.finish('refused');
        } else {
            const last = this.outgoing.get(frame.seq) ?? [...this.outgoing.values()].pop();
            if (last) {
                last.problem = frame.text;
                this.outgoing.delete(last.seq);
                this.requests = this.requests.filter((json) => json !== last.json);
            }
            this.problem = frame;
            this.changed('invalid');
        }
    }

    lost() {
        this.status = {code: 1, name: 'CANCELLED', message: 'The connection of this page to the server was lost; its calls were cancelled.', details: []};
        this.trailers = [];
        this.took = performance.now() - this.begun;
        this.finish('ended');
    }

    finish(state) {
        this.state = state;
        this.calls.live.delete(this.number);
        this.changed('state');
    }
}
