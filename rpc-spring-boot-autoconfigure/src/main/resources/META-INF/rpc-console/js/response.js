// What came of a call: its status, each message as it comes, headers, trailers, and what the server says of it.

import {h, fill, refill, icon, iconButton, tabs, announce, copy, count, size, time, save} from './dom.js';
import {layout} from './json.js';
import {colours} from './editor.js';
import {statusCard, toneOf} from './details.js';
import {metadataTable} from './metadata.js';
import {manyRequests, manyResponses, KINDS} from './types.js';
import {WINDOW} from './call.js';

const LARGE = 100000;

/** So many new messages at once are a flood; while it lasts, only the newest are drawn. */
const MANY = 20;
const SCREEN = 60;

export class ResponseView {
    constructor(method, on) {
        this.method = method;
        this.on = on;
        this.isStream = manyRequests(method) || manyResponses(method);
        this.element = this.build();
        this.show(undefined);
    }

    build() {
        this.pill = h('span', {class: 'pill'});
        this.controls = h('div', {class: 'stream-controls'});
        this.facts = h('dl', {class: 'facts'});
        this.problem = h('div', {class: 'status-place scroll'});
        this.note = h('div', {class: 'window-note', hidden: true});
        this.list = h('ol', {class: 'messages', 'aria-label': 'Messages of the call'});
        this.body = h('pre', {class: 'code body', tabindex: '0', 'aria-label': 'Response'});
        this.empty = h('div', {class: 'empty'});
        this.scroller = h('div', {class: 'scroll panel-fill', id: 'panel-response', role: 'tabpanel', 'aria-labelledby': 'tab-response', tabindex: '-1'},
            this.empty, this.note, this.isStream ? this.list : this.body);
        this.headersPanel = h('div', {class: 'scroll panel-fill', id: 'panel-headers', role: 'tabpanel', 'aria-labelledby': 'tab-headers'});
        this.trailersPanel = h('div', {class: 'scroll panel-fill', id: 'panel-trailers', role: 'tabpanel', 'aria-labelledby': 'tab-trailers'});
        this.headersBadge = h('span', {class: 'badge', hidden: true});
        this.trailersBadge = h('span', {class: 'badge', hidden: true});
        this.messagesBadge = h('span', {class: 'badge', hidden: true});
        this.tabs = tabs('Response', [{id: 'response', label: this.isStream ? 'Messages' : 'Response', badge: this.messagesBadge, panel: this.scroller},
            {id: 'headers', label: 'Headers', badge: this.headersBadge, panel: this.headersPanel},
            {id: 'trailers', label: 'Trailers', badge: this.trailersBadge, panel: this.trailersPanel}], 'response');
        this.tools = h('div', {class: 'pane-tools'});
        return h('section', {class: 'pane response', 'aria-label': 'Response'},
            h('div', {class: 'pane-head'}, this.tabs.list, this.tools),
            h('div', {class: 'call-line'}, this.pill, this.controls, this.facts),
            this.problem, this.scroller, this.headersPanel, this.trailersPanel);
    }

    /** Shows a call from its beginning, or none. */
    show(call) {
        this.call = call;
        this.reading = undefined;
        this.drawn = 0;
        this.partial = false;
        fill(this.list);
        fill(this.body);
        fill(this.problem);
        this.note.hidden = true;
        this.update('state');
        this.update('entries');
    }

    // Each change sets what must be drawn anew; it is drawn with the next frame

    update(what, entry) {
        if (what === 'sent') {
            this.drawRow(entry);
        } else if (what === 'state') {
            this.stateDirty = true;
        }
        if (!this.scheduled) {
            this.scheduled = true;
            // A hidden tab gets no frames. What takes long to draw is drawn less often: there is time for the person, too
            if (document.hidden || this.busy) {
                setTimeout(() => this.flush(), 200);
            } else {
                requestAnimationFrame(() => this.flush());
            }
        }
    }

    flush() {
        this.scheduled = false;
        if (this.stateDirty) {
            this.stateDirty = false;
            this.drawState();
        }
        this.drawEntries();
        this.drawFacts();
    }

    drawEntries() {
        const {call} = this;
        const entries = call?.entries ?? [];
        const {total} = call ?? {total: 0};
        if (!this.isStream) {
            this.drawBody(entries.filter((entry) => !entry.out).pop());
            return;
        }
        const fresh = total - this.drawn;
        this.busy = fresh > MANY && Boolean(call?.isLive);
        if (fresh > 0 || this.partial) {
            const nearEnd = this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < 60;
            if (this.busy) {
                fill(this.list, entries.slice(-SCREEN).map((one) => this.row(one)));
            } else if (this.partial || fresh >= WINDOW) {
                fill(this.list, entries.map((one) => this.row(one)));
            } else {
                this.list.append(...entries.slice(-fresh).map((one) => this.row(one)));
                while (this.list.childElementCount > WINDOW) {
                    this.list.firstElementChild.remove();
                }
            }
            this.partial = this.busy;
            this.drawn = total;
            if (nearEnd) {
                this.scroller.scrollTop = this.scroller.scrollHeight;
            }
        }
        if (this.busy) {
            this.update('entries');
        }
        this.messagesBadge.hidden = total === 0;
        this.messagesBadge.textContent = total.toLocaleString('en');
        this.note.hidden = total <= WINDOW;
        this.note.textContent = total > WINDOW ? `The last ${WINDOW} of ${total.toLocaleString('en')} messages` : '';
    }

    drawBody(entry) {
        if (entry && this.drawn === 0) {
            this.drawn = 1;
            fill(this.body, entry.json === null ? `No text of this message: ${entry.missing}` : entry.json.length > LARGE ? entry.json : colours(entry.json));
        }
        this.body.hidden = !entry;
    }

    row(entry) {
        const {call} = this;
        const preview = entry.json === null ? entry.missing : entry.json.replace(/\s*\n\s*/g, ' ').slice(0, 200);
        const at = h('span', {class: 'at'});
        const bytes = h('span', {class: 'bytes'});
        const body = h('div', {class: 'message-body', hidden: true});
        const button = h('button', {type: 'button', class: 'message-head', 'aria-expanded': 'false', onclick: () => {
            const open = body.hidden;
            body.hidden = !open;
            button.setAttribute('aria-expanded', String(open));
            if (open && entry.json !== null) {
                const laid = layout(entry.json, '  ');
                fill(body, h('pre', {class: 'code'}, laid.length > LARGE ? laid : colours(laid)), iconButton('copy', 'Copy message', () => copy(laid, 'Message')));
            }
        }}, h('span', {class: 'direction'}, icon(entry.out ? 'up' : 'down'), h('span', {class: 'off-screen'}, entry.out ? 'sent' : 'received')),
            h('span', {class: 'number'}, String(entry.seq)), h('span', {class: 'preview'}, colours(preview)), bytes, at);
        const element = h('li', {class: entry.out ? 'message out' : 'message in'}, button, body);
        entry.draw = () => {
            element.classList.toggle('pending', entry.out && entry.at === null && !entry.problem);
            element.classList.toggle('wrong', Boolean(entry.problem));
            at.textContent = entry.problem ? 'not sent' : entry.at === null ? (call.isLive ? 'waits' : 'not sent') : `+${time(entry.at)}`;
            bytes.textContent = entry.bytes === null || entry.bytes === undefined ? '' : size(entry.bytes);
        };
        entry.draw();
        return element;
    }

    drawRow(entry) {
        entry.draw?.();
    }

    // State

    drawState() {
        const {call} = this;
        this.element.classList.toggle('idle', !call);
        this.element.classList.toggle('live', Boolean(call?.isLive));
        fill(this.empty, call ? (call.isLive && !this.isStream ? this.waiting() : []) : this.nothing());
        this.empty.hidden = this.empty.childElementCount === 0;
        this.drawPill();
        const reading = call?.isLive && manyResponses(this.method) ? `live ${call.paused}` : '';
        if (reading !== this.reading) {
            this.reading = reading;
            refill(this.controls, reading ? this.readingControls() : []);
        }
        fill(this.headersPanel, metadataTable(call?.responseHeaders, call ? 'No headers have come.' : 'The headers of the response stand here.'));
        fill(this.trailersPanel, metadataTable(call?.trailers, call ? 'No trailers have come.' : 'The trailers, which come with the status, stand here.'));
        badge(this.headersBadge, call?.responseHeaders);
        badge(this.trailersBadge, call?.trailers);
        if (call?.state === 'refused') {
            fill(this.problem, h('div', {class: 'status-card caller'}, h('div', {class: 'status-head'}, h('span', {class: 'status-name'}, 'Not sent')),
                h('p', {class: 'status-message'}, call.refused.path && h('code', null, call.refused.path), ' ', call.refused.text)));
        } else if (call?.status && call.status.code !== 0) {
            fill(this.problem, statusCard(call.status, this.on.goTo));
        } else {
            fill(this.problem);
        }
        if (call && !call.isLive) {
            call.entries.forEach((entry) => entry.draw?.());
        }
        fill(this.tools, call?.total > 0 && [
            !this.isStream && call.receivedCount > 0 && iconButton('copy', 'Copy the response', () => copy(call.entries.filter((e) => !e.out).pop().json ?? '', 'Response')),
            iconButton('download', 'Save what came as a file', () => this.saveMessages()),
        ]);
    }

    drawPill() {
        const {call} = this;
        let words;
        let tone;
        if (!call) {
            [words, tone] = ['Ready', 'idle'];
        } else if (call.state === 'refused') {
            [words, tone] = ['Not sent', 'caller'];
        } else if (call.status) {
            [words, tone] = [call.status.name, toneOf(call.status.code)];
        } else if (call.paused) {
            [words, tone] = ['Paused', 'slow'];
        } else {
            [words, tone] = call.state === 'running' ? ['Running', 'live'] : ['Waiting', 'live'];
        }
        this.pill.className = `pill ${tone}`;
        fill(this.pill, h('span', {class: 'dot', 'aria-hidden': 'true'}), words);
        if (call && words !== this.said && (call.status || call.state === 'refused')) {
            announce(`${this.method.name}: ${words}${call.status?.message ? `, ${call.status.message}` : ''}${call.status ? `, ${count(call.receivedCount, 'message')} in ${time(call.took)}` : ''}`);
        }
        this.said = words;
    }

    waiting() {
        return [h('div', {class: 'spinner', 'aria-hidden': 'true'}), h('p', null, this.call.state === 'running' ? 'The handler runs.' : `Waits for a thread${this.method.pool ? ` of the pool ${this.method.pool}` : ''}.`)];
    }

    nothing() {
        const kind = KINDS[this.method.kind];
        return [h('div', {class: 'empty-icon'}, icon(kind.icon)), h('strong', null, 'Nothing sent yet'),
            h('p', null, `${this.method.name} takes ${kind.says}.`), h('p', {class: 'muted'}, 'Fill in the request, then press ', h('kbd', null, 'Ctrl'), ' ', h('kbd', null, 'Enter'), '.')];
    }

    readingControls() {
        const {call} = this;
        if (call.paused) {
            return [h('button', {type: 'button', class: 'small', id: 'step', onclick: () => call.step()}, icon('step'), 'Next'),
                h('button', {type: 'button', class: 'small', id: 'resume', onclick: () => call.resume()}, icon('play'), 'Resume')];
        }
        return h('button', {type: 'button', class: 'small', id: 'pause', title: 'Takes no more responses: the handler waits', onclick: () => call.pause()}, icon('pause'), 'Pause');
    }

    /** Numbers of the call; while it runs they are drawn again each 100 ms. */
    drawFacts() {
        const {call} = this;
        clearTimeout(this.clock);
        if (!call || call.state === 'refused') {
            fill(this.facts);
            return;
        }
        const server = call.server ?? {};
        const took = call.took ?? performance.now() - call.begun;
        const facts = [['took', time(took), 'from the start of the call to its end']];
        if (server.waited !== undefined) {
            facts.push(['waited', time(server.waited), 'in the queue of its pool']);
        }
        if (server.ran !== undefined) {
            facts.push(['ran', time(server.ran), 'the handler, from its thread to its end']);
        }
        if (server.pool) {
            facts.push(['pool', server.pool], ['thread', server.thread]);
        }
        if (this.isStream) {
            facts.push(['sent', (server.received ?? call.sentCount - call.outgoing.size).toLocaleString('en')], ['received', call.receivedCount.toLocaleString('en')]);
        }
        facts.push(['size', `${size(server.receivedBytes ?? call.sentBytes)} / ${size(call.receivedBytes)}`, 'of requests and of responses']);
        fill(this.facts, facts.map(([name, value, title]) => h('div', {title}, h('dt', null, name), h('dd', null, value ?? '–'))));
        if (call.isLive) {
            this.clock = setTimeout(() => this.drawFacts(), 100);
        }
    }

    saveMessages() {
        const {call} = this;
        save(`${this.method.name}.json`, JSON.stringify({method: this.method.fullName, time: new Date(call.time).toISOString(), status: call.status ?? null,
            messages: call.entries.slice(-WINDOW).map(({out, seq, at, json}) => ({direction: out ? 'sent' : 'received', number: seq, at, json}))}, null, 2));
    }
}

function badge(element, metadata) {
    element.hidden = !metadata || metadata.length === 0;
    element.textContent = String(metadata?.length ?? 0);
}
