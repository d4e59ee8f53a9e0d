// The one WebSocket of this tab: says hello, asks and answers, and comes back after a loss.

import {readable} from './json.js';

const FIRST_WAIT = 400;
const LONGEST_WAIT = 8000;

export class Wire extends EventTarget {
    constructor() {
        super();
        this.state = 'connecting';
        this.asked = new Map();
        this.nextCheck = 1;
        this.wait = FIRST_WAIT;
    }

    async connect() {
        clearTimeout(this.timer);
        this.change('connecting');
        let token;
        try {
            const answer = await fetch('session', {cache: 'no-store', credentials: 'same-origin'});
            if (!answer.ok) {
                throw new Error(answer.status === 401 || answer.status === 403 ? 'You may not use this console: sign in to the application, and reload.'
                    : `The server answered ${answer.status}.`);
            }
            token = (await answer.json()).token;
        } catch (failure) {
            this.lost(failure instanceof TypeError ? 'The server does not answer.' : failure.message);
            return;
        }
        const url = new URL('socket', document.baseURI);
        url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
        const socket = new WebSocket(url);
        this.socket = socket;
        socket.onopen = () => socket.send(JSON.stringify({type: 'hello', token}));
        socket.onmessage = (event) => this.receive(JSON.parse(event.data));
        socket.onclose = (event) => {
            if (this.socket === socket) {
                this.socket = undefined;
                this.lost(event.code === 1009 ? 'A message was larger than the server takes.' : 'The connection to the server was lost.');
            }
        };
    }

    lost(why) {
        for (const waiting of this.asked.values()) {
            waiting.forEach(({no}) => no(new Error(why)));
        }
        this.asked.clear();
        this.change('lost', why);
        this.timer = setTimeout(() => this.connect(), this.wait);
        this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    }

    change(state, why) {
        this.state = state;
        this.tell('state', {state, why});
    }

    receive(frame) {
        if (frame.type === 'hello') {
            this.wait = FIRST_WAIT;
            this.limits = frame.limits;
            this.state = 'open';
            this.tell('hello', frame);
            this.change('open');
        } else if (frame.type === 'types' || frame.type === 'template' || frame.type === 'checked') {
            this.answer(frame);
        } else {
            this.tell(frame.type, frame);
        }
    }

    answer(frame) {
        const key = frame.type === 'checked' ? `checked ${frame.id}` : frame.type === 'template' ? `template ${frame.message}` : 'types';
        const waiting = this.asked.get(key);
        const first = waiting?.shift();
        if (waiting?.length === 0) {
            this.asked.delete(key);
        }
        first?.yes(frame);
    }

    tell(type, detail) {
        this.dispatchEvent(new CustomEvent(type, {detail}));
    }

    on(type, listener) {
        this.addEventListener(type, (event) => listener(event.detail));
    }

    /** Whether the frame has gone out. */
    send(frame) {
        if (this.state !== 'open') {
            return false;
        }
        this.socket.send(JSON.stringify(frame));
        return true;
    }

    ask(key, frame) {
        return new Promise((yes, no) => {
            if (!this.send(frame)) {
                no(new Error('There is no connection to the server.'));
                return;
            }
            this.asked.set(key, [...(this.asked.get(key) ?? []), {yes, no}]);
        });
    }

    describe(types) {
        return this.ask('types', {type: 'describe', types}).then((frame) => frame.types);
    }

    template(message) {
        return this.ask(`template ${message}`, {type: 'template', message}).then((frame) => readable(frame.json));
    }

    check(message, json) {
        const id = this.nextCheck++;
        return this.ask(`checked ${id}`, {type: 'check', id, message, json});
    }
}
