// One method at work: its request, its response, and the call between them.

import {h, icon, menuButton, copy, toast} from './dom.js';
import {layout} from './json.js';
import {KINDS, manyRequests} from './types.js';
import {withoutSecrets} from './metadata.js';
import {RequestView, milliseconds} from './request.js';
import {ResponseView} from './response.js';
import {pastCall} from './history.js';
import {grpcurl, java} from './snippets.js';

const DRAFTS = 'rpc-console.draft.';

export class Session {
    constructor(app, service, method) {
        this.app = app;
        this.service = service;
        this.method = method;
        this.draft = this.loadDraft();
        this.response = new ResponseView(method, {goTo: (path) => this.toField(path)});
        this.request = new RequestView(app, method, this.draft, {
            start: (json) => this.start(json), send: (json) => this.call.send(json), halfClose: () => this.call.halfClose(), cancel: () => this.call.cancel(),
            changed: () => this.saveDraft(),
        });
        this.request.draw(undefined);
        this.element = h('div', {class: 'session'}, this.head(), h('div', {class: 'panes'}, this.request.element, this.response.element));
    }

    head() {
        const {service, method} = this;
        const kind = KINDS[method.kind];
        return h('header', {class: 'method-head'},
            h('div', {class: 'method-title'},
                h('div', {class: 'method-service'}, service.name),
                h('h1', {class: method.deprecated || service.deprecated ? 'deprecated' : null}, method.name),
                h('div', {class: 'chips'}, h('span', {class: `chip kind ${method.kind.toLowerCase()}`, title: kind.says}, icon(kind.icon), kind.label),
                    h('span', {class: 'chip', title: 'The pool whose threads run it'}, method.pool ? ['pool ', h('b', null, method.pool)] : 'transport thread'),
                    h('span', {class: 'chip type-chip', title: `${method.request} → ${method.response}`}, this.app.types.label('message', method.request), ' → ', this.app.types.label('message', method.response)),
                    (method.deprecated || service.deprecated) && h('span', {class: 'chip warn'}, icon('warn'), 'deprecated'),
                    method.idempotent && h('span', {class: 'chip'}, 'idempotent'))),
            h('div', {class: 'method-tools'},
                h('button', {type: 'button', class: 'secondary', id: 'copy-link', title: 'A link that fills in this request; it starts nothing', onclick: () => copy(this.link(), 'Link')}, icon('link'), h('span', {class: 'label'}, 'Link')),
                menuButton([icon('code'), h('span', {class: 'label'}, 'Copy as'), icon('chevron')], {class: 'secondary with-chevron', id: 'copy-as'}, () => this.copies())),
            method.comment && h('p', {class: 'method-doc'}, method.comment));
    }

    loadDraft() {
        const fresh = {text: null, metadata: [], deadline: '', view: this.app.view};
        try {
            return {...fresh, ...JSON.parse(sessionStorage.getItem(DRAFTS + this.method.fullName))};
        } catch {
            return fresh;
        }
    }

    saveDraft() {
        this.app.view = this.draft.view;
        try {
            sessionStorage.setItem(DRAFTS + this.method.fullName, JSON.stringify(this.draft));
        } catch {
            // No room: the draft lives as long as the page
        }
    }

    /** Fills in what came with a link or from the history. */
    fillIn({json, metadata, deadline}) {
        if (metadata !== undefined) {
            this.draft.metadata = metadata.map(({name, value}) => ({name, value}));
            this.request.metadata.set(this.draft.metadata);
            this.request.metadataChanged();
        }
        if (deadline !== undefined) {
            this.draft.deadline = deadline;
            this.request.deadline.value = deadline;
        }
        if (json !== undefined) {
            this.draft.text = layout(json, '  ');
            if (this.request.loaded) {
                this.request.put(this.draft.text);
            }
        }
        this.saveDraft();
    }

    // The call

    start(json) {
        const deadline = milliseconds(this.draft.deadline);
        if (Number.isNaN(deadline)) {
            this.request.deadline.focus();
            return undefined;
        }
        const metadata = this.app.identity.applyTo(this.request.metadata.filled);
        const draft = structuredClone(this.draft);
        this.request.showServerProblems([]);
        let shown = false;
        const call = this.app.calls.start(this.method, {json, metadata, deadline}, {
            stepwise: this.request.stepwise.checked,
            onchange: (what, entry) => shown && this.changed(call, draft, what, entry),
        });
        this.call = call;
        shown = true;
        this.response.show(call);
        this.app.show('response');
        this.changed(call, draft, 'state');
        return call;
    }

    changed(call, draft, what, entry) {
        if (call !== this.call) {
            return;
        }
        this.response.update(what === 'invalid' ? 'state' : what, entry);
        if (what === 'invalid') {
            this.request.invalid(call.problem);
            this.app.show('request');
        } else if (what === 'state') {
            this.request.draw(call);
            this.app.drawRunning();
            if (call.state === 'refused') {
                this.app.show('request');
                this.request.invalid(call.refused);
            } else if (!call.isLive && !call.remembered) {
                call.remembered = true;
                this.app.history.add(call, draft);
                this.request.showServerProblems(violations(call.status));
            }
        }
    }

    toField(path) {
        this.app.show('request');
        this.request.goTo({path});
    }

    openPast(entry) {
        this.fillIn({json: entry.requests[0], metadata: entry.metadata, deadline: entry.deadline});
        if (!this.call?.isLive) {
            this.call = undefined;
            this.request.draw(undefined);
            this.response.show(pastCall(entry, this.method));
        }
    }

    /** Makes a call of the history again: the same requests, as whoever is set now. */
    replay(entry) {
        if (this.call?.isLive) {
            toast('A call of this method is running');
            return;
        }
        this.fillIn({json: entry.requests[0], metadata: entry.metadata, deadline: entry.deadline});
        const call = this.start(entry.requests[0] ?? null);
        if (call && manyRequests(this.method)) {
            entry.requests.slice(1).forEach((json) => call.send(json));
            if (entry.halfClosed) {
                call.halfClose();
            }
        }
    }

    // For other places

    link() {
        const query = new URLSearchParams();
        if (this.draft.text !== null) {
            query.set('json', layout(this.draft.text, ''));
        }
        withoutSecrets(this.request.metadata.filled).forEach(({name, value}) => query.append('metadata', `${name}:${value}`));
        if (this.draft.deadline) {
            query.set('deadline', this.draft.deadline);
        }
        return `${location.href.split('#')[0]}#/${this.method.fullName}?${query}`;
    }

    copies() {
        const {app, method} = this;
        const messages = this.call?.requests.length > 1 ? this.call.requests : [this.draft.text];
        const call = {method, messages, metadata: app.identity.applyTo(this.request.metadata.filled), deadline: milliseconds(this.draft.deadline) || null};
        const run = (make, what) => async () => {
            const json = this.request.ready();
            if (json !== null) {
                copy(await make(), what);
            }
        };
        return [
            {label: 'grpcurl', hint: 'for a terminal', run: run(() => grpcurl(call, app.hello.address), 'grpcurl command')},
            {label: 'Java', hint: '@RpcClient', run: run(() => app.types.need(method.response).then(() => java(call, app.types, this.service, channelName(this.service))), 'Java code')},
        ];
    }
}

function channelName(service) {
    return service.name.slice(service.name.lastIndexOf('.') + 1).toLowerCase();
}

/** The fields that a status complains of. */
function violations(status) {
    return (status?.details ?? []).filter((detail) => detail.type === 'google.rpc.BadRequest' && detail.json)
        .flatMap((detail) => JSON.parse(detail.json).fieldViolations ?? []).map(({field, description}) => ({path: field ?? '', text: description ?? 'is refused', rule: true}));
}
