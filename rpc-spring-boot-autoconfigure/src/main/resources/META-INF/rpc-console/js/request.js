// The request of one method: a form and JSON that stay in step, metadata, deadline, and the buttons that send.

import {h, fill, refill, icon, menuButton, tabs, announce, count, size} from './dom.js';
import {parse, print, layout, JsonError, lineOf} from './json.js';
import {Form} from './form.js';
import {Editor} from './editor.js';
import {MetadataEditor} from './metadata.js';
import {manyRequests, manyResponses} from './types.js';

const UNITS = {ms: 1, s: 1000, m: 60000, h: 3600000};

/** Milliseconds of '500ms', '5s', '1.5m' or '5' (seconds); null for none, NaN for what is no duration. */
export function milliseconds(text) {
    if (text.trim() === '') {
        return null;
    }
    const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)?$/.exec(text.trim());
    return match ? Math.round(Number(match[1]) * UNITS[match[2] ?? 's']) : NaN;
}

export class RequestView {
    /** on: {start(json), send(json), halfClose(), cancel(), changed()} */
    constructor(app, method, draft, on) {
        this.app = app;
        this.method = method;
        this.draft = draft;
        this.on = on;
        this.type = method.request;
        this.form = new Form(app.types, (value) => this.edited(print(value), 'form'));
        this.editor = new Editor(`Request of ${method.name} as JSON`, {
            oninput: (text) => this.edited(text, 'json'),
            oncursor: (offset) => this.explain(offset),
        });
        this.metadata = new MetadataEditor(draft.metadata, () => this.metadataChanged());
        this.element = this.build();
        this.load();
    }

    build() {
        const {method} = this;
        this.formPanel = h('div', {class: 'form-panel scroll'}, this.overall = h('div', {class: 'overall'}), this.form.element);
        this.hint = h('div', {class: 'editor-hint'});
        this.jsonPanel = h('div', {class: 'json-panel'}, this.editor.element, this.hint);
        this.messagePanel = h('div', {class: 'panel-fill', id: 'panel-message', role: 'tabpanel', 'aria-labelledby': 'tab-message'}, this.formPanel, this.jsonPanel);
        this.metadataPanel = h('div', {class: 'scroll panel-fill', id: 'panel-metadata', role: 'tabpanel', 'aria-labelledby': 'tab-metadata'}, this.metadata.element);
        this.metadataBadge = h('span', {class: 'badge', hidden: true});
        this.tabs = tabs('Request', [{id: 'message', label: 'Message', panel: this.messagePanel},
            {id: 'metadata', label: 'Metadata', badge: this.metadataBadge, panel: this.metadataPanel}], 'message');
        this.segments = ['form', 'json'].map((view) => h('input', {type: 'radio', name: `view-${method.fullName}`, value: view, checked: this.draft.view === view,
            onchange: () => this.show(view)}));
        this.state = h('span', {class: 'request-state'});
        this.deadline = h('input', {class: 'input deadline', id: 'deadline', value: this.draft.deadline, placeholder: 'none', autocomplete: 'off', spellcheck: 'false',
            title: 'How long the call may take: 500ms, 5s, 2m', oninput: () => {
                this.draft.deadline = this.deadline.value;
                this.deadline.setAttribute('aria-invalid', String(Number.isNaN(milliseconds(this.deadline.value))));
                this.on.changed();
            }});
        this.stepwise = h('input', {type: 'checkbox', role: 'switch'});
        this.buttons = h('div', {class: 'send-buttons'});
        return h('section', {class: 'pane request', 'aria-label': 'Request'},
            h('div', {class: 'pane-head'}, this.tabs.list, h('div', {class: 'pane-tools'},
                h('div', {class: 'segments', role: 'radiogroup', 'aria-label': 'Show the message as'},
                    this.segments.map((radio, i) => h('label', null, radio, h('span', null, ['Form', 'JSON'][i])))),
                menuButton(icon('more'), {class: 'icon-button', 'aria-label': 'Templates and layout', title: 'Templates and layout'}, () => [
                    {label: 'Example', hint: 'every field with a value', run: () => this.example()},
                    {label: 'Start anew', hint: 'plain fields, empty', run: () => this.anew()},
                    {label: 'Lay out JSON', hint: 'indent by two', run: () => this.put(layout(this.draft.text, '  '))},
                ]))),
            this.messagePanel, this.metadataPanel,
            h('div', {class: 'pane-foot'}, this.state,
                this.deadlineLabel = h('label', {class: 'deadline-label', for: 'deadline'}, icon('clock'), h('span', null, 'Deadline')), this.deadline,
                this.stepLabel = manyResponses(method) && h('label', {class: 'switch quiet', title: 'Take responses one by one: the handler waits for you'}, this.stepwise, h('span', null, 'Step')),
                this.buttons));
    }

    async load() {
        try {
            await this.app.types.need(this.type);
        } catch (failure) {
            fill(this.overall, h('p', {class: 'problem'}, failure.message));
            return;
        }
        this.loaded = true;
        if (this.draft.text === null) {
            this.draft.text = print(this.empty());
            this.untouched = true;
        }
        this.editor.text = this.draft.text;
        this.show(this.draft.view);
        this.metadataChanged();
        this.check();
    }

    /** A request to begin with. */
    empty() {
        const {types} = this.app;
        return types.look('message', this.type) === 'message' ? types.plain(this.type) : types.first('message', this.type);
    }

    // In step

    edited(text, from) {
        this.untouched = false;
        this.draft.text = text;
        if (from === 'form') {
            this.editor.text = text;
        }
        this.serverProblems = [];
        this.on.changed();
        this.check();
    }

    put(text) {
        this.untouched = false;
        this.draft.text = text;
        this.editor.text = text;
        this.serverProblems = [];
        this.show(this.draft.view);
        this.on.changed();
        this.check();
    }

    show(view) {
        this.draft.view = view;
        this.segments.forEach((radio) => {
            radio.checked = radio.value === view;
        });
        this.formPanel.hidden = view !== 'form';
        this.jsonPanel.hidden = view !== 'json';
        if (view === 'form') {
            this.fillForm();
        } else {
            this.editor.draw();
        }
        this.mark();
    }

    fillForm() {
        const read = this.read();
        this.form.element.hidden = Boolean(read.problem);
        if (this.app.types.look('message', this.type) !== 'message') {
            fill(this.form.element, h('p', {class: 'muted'}, `${this.type} has a JSON form of its own: write it as JSON.`));
        } else if (!read.problem) {
            this.form.show(this.type, read.value);
        }
    }

    /** {value, marks} of the text, or {problem, offset}. */
    read() {
        try {
            const read = parse(this.draft.text);
            return read.value instanceof Map || this.app.types.get(this.type)?.wellKnown ? read : {problem: 'A message is an object: { … }', offset: 0};
        } catch (failure) {
            if (!(failure instanceof JsonError)) {
                throw failure;
            }
            return {problem: failure.message, offset: failure.offset};
        }
    }

    async example() {
        try {
            this.put(await this.app.wire.template(this.type));
        } catch (failure) {
            announce(failure.message);
        }
    }

    anew() {
        this.put(print(this.empty()));
        this.untouched = true;
    }

    // What is wrong

    check() {
        clearTimeout(this.timer);
        const read = this.read();
        if (read.problem) {
            this.checked = {problems: [], bytes: null};
            this.mark();
            return;
        }
        this.timer = setTimeout(async () => {
            const {text} = this.draft;
            try {
                const checked = await this.app.wire.check(this.type, text);
                if (text === this.draft.text) {
                    this.checked = checked;
                    this.mark();
                }
            } catch {
                // Without a connection nothing is checked; the next edit or send will
            }
        }, 150);
    }

    /** What the server said of the last call's fields. */
    showServerProblems(problems) {
        this.serverProblems = problems;
        this.mark();
    }

    mark() {
        const read = this.read();
        // Who has not begun yet need not be told that a field is missing
        const problems = (this.checked?.problems ?? []).filter((problem) => !(problem.rule && this.untouched));
        for (const problem of this.serverProblems ?? []) {
            if (!problems.some((other) => other.path === problem.path)) {
                problems.push(problem);
            }
        }
        if (read.problem) {
            this.editor.mark([[read.offset, read.problem]]);
            fill(this.overall, h('div', {class: 'notice bad', role: 'alert'}, icon('warn'), h('div', null, h('strong', null, `The JSON cannot be read, line ${lineOf(this.draft.text, read.offset)}`),
                h('p', null, read.problem)), h('button', {type: 'button', class: 'small', onclick: () => {
                    this.show('json');
                    this.editor.moveTo(read.offset);
                }}, 'Go there')));
        } else {
            this.editor.mark(problems.map((problem) => [this.offsetOf(read, problem.path), problem.text]));
            this.form.showProblems(problems);
            const overall = problems.filter((problem) => problem.path === '');
            fill(this.overall, overall.map((problem) => h('div', {class: 'notice bad', role: 'alert'}, icon('warn'), h('p', null, problem.text))));
        }
        this.problems = problems;
        this.drawState(read);
        this.explain(this.editor.area.selectionStart);
    }

    drawState(read) {
        const problem = read.problem ? {text: `Line ${lineOf(this.draft.text, read.offset)}: ${read.problem}`} : this.problems[0];
        if (problem) {
            const name = problem.path ? h('code', null, problem.path) : null;
            fill(this.state, h('button', {type: 'button', class: 'problem-link', title: problem.text, onclick: () => this.goTo(problem)}, icon('warn'),
                this.problems.length > 1 ? count(this.problems.length, 'problem') : ['', name, name && ' ', problem.text]));
        } else {
            const bytes = this.checked?.bytes;
            fill(this.state, bytes === null || bytes === undefined ? '' : h('span', {class: 'muted', title: 'Size of the message on the wire'}, size(bytes)));
        }
    }

    goTo(problem) {
        this.tabs.choose('message');
        const read = this.read();
        if (this.draft.view === 'form' && !read.problem) {
            this.form.focus(problem.path);
        } else {
            this.show('json');
            this.editor.moveTo(read.problem ? read.offset : this.offsetOf(read, problem.path));
        }
    }

    offsetOf(read, path) {
        const wanted = this.app.types.jsonPath(this.type, read.value, path);
        for (let length = wanted.length; length >= 0; length--) {
            const part = JSON.stringify(wanted.slice(0, length));
            const mark = read.marks.find((m) => JSON.stringify(m.path) === part);
            if (mark) {
                return mark.key?.[0] ?? mark.start;
            }
        }
        return 0;
    }

    /** Says below the editor what the field at the cursor is. */
    explain(offset) {
        if (this.draft.view !== 'json' || !this.loaded) {
            return;
        }
        const read = this.read();
        const mark = read.marks?.filter((m) => (m.key?.[0] ?? m.start) <= offset && offset <= m.end).pop();
        let field;
        let type = this.type;
        for (const step of mark?.path ?? []) {
            if (typeof step === 'string' && type) {
                const next = this.app.types.get(type)?.fields?.find((f) => f.json === step || f.name === step);
                field = next ?? field;
                type = next ? (next.map?.ref ?? next.ref) : (field?.map ? type : undefined);
            }
        }
        const line = read.problem && lineOf(this.draft.text, read.offset);
        const wrong = read.problem ? `Line ${line}: ${read.problem}` : null;
        const {types} = this.app;
        const known = types.get(field?.ref);
        const values = known?.kind === 'enum' ? known.values.map((v) => v.name).join(' | ') : null;
        fill(this.hint, wrong ? h('span', {class: 'bad-text'}, wrong) : field ? [h('code', null, field.name), h('span', {class: 'type'}, types.label(field.map?.type ?? field.type, field.map?.ref ?? field.ref)),
            (field.rules ?? []).map((rule) => h('span', {class: 'rule'}, rule)), h('span', {class: 'muted'}, values ?? field.comment ?? '')]
            : h('span', {class: 'muted'}, types.get(this.type)?.comment ?? `${types.label('message', this.type)} as JSON`));
    }

    metadataChanged() {
        const n = this.metadata.filled.length;
        this.metadataBadge.hidden = n === 0;
        this.metadataBadge.textContent = String(n);
        this.on.changed();
    }

    // Sending

    /** The text to send, or null after showing what is wrong with it. */
    ready() {
        const read = this.read();
        if (read.problem) {
            this.goTo({path: ''});
            announce(read.problem);
            return null;
        }
        if (Number.isNaN(milliseconds(this.deadline.value))) {
            this.deadline.focus();
            announce('The deadline is no duration, such as 5s');
            return null;
        }
        return this.draft.text;
    }

    /** Sends what stands here: as a new call, or one message more. */
    submit() {
        this.untouched = false;
        const json = this.ready();
        if (json === null || !this.loaded) {
            return;
        }
        if (this.call?.maySend) {
            this.on.send(json);
        } else if (!this.call?.isLive) {
            this.on.start(json);
        }
    }

    invalid(frame) {
        if (frame.at === 'metadata') {
            this.tabs.choose('metadata');
            this.metadata.problem(frame.path, frame.text);
        } else if (frame.at === 'json') {
            this.showServerProblems([{path: frame.path ?? '', text: frame.text}]);
            this.goTo({path: frame.path ?? ''});
        } else if (frame.at === 'deadline') {
            this.deadline.setAttribute('aria-invalid', 'true');
            this.deadline.focus();
        }
        announce(frame.text);
    }

    /** The buttons that fit the state of the call. */
    draw(call) {
        this.call = call;
        const live = Boolean(call?.isLive);
        const many = manyRequests(this.method);
        const state = `${live} ${Boolean(call?.maySend)}`;
        if (state === this.drawnState) {
            return;
        }
        this.drawnState = state;
        for (const setting of [this.deadlineLabel, this.deadline, this.stepLabel].filter(Boolean)) {
            setting.hidden = live;
        }
        const key = h('kbd', {'aria-hidden': 'true'}, navigator.platform.startsWith('Mac') ? '⌘↵' : 'Ctrl ↵');
        const button = (style, id, label, glyph, run, more) => h('button', {type: 'button', class: style, id, onclick: run, ...more}, icon(glyph), label);
        const cancel = () => button('danger', 'cancel', 'Cancel', 'stop', () => this.on.cancel());
        if (live && many) {
            refill(this.buttons, cancel(), button('secondary', 'half-close', 'Half-close', 'half', () => this.on.halfClose(), {disabled: !call.maySend, title: 'No more messages come (Ctrl+Shift+Enter)'}),
                button('primary', 'send', 'Send', 'send', () => this.submit(), {disabled: !call.maySend}));
        } else if (live) {
            refill(this.buttons, cancel());
        } else {
            const send = button('primary', 'send', many ? 'Open and send' : 'Send', 'send', () => this.submit());
            send.append(key);
            refill(this.buttons, many && button('secondary', 'open', 'Open', 'both', () => this.on.start(null), {title: 'Starts the call without a message'}), send);
        }
    }
}
