// The details of a status, in words: those of google.rpc one by one, others as JSON.

import {h, icon} from './dom.js';
import {readable} from './json.js';
import {colours} from './editor.js';

const NAMES = {0: 'ok', 1: 'quiet', 4: 'slow', 2: 'bad', 13: 'bad', 14: 'bad', 15: 'bad', 12: 'bad', 8: 'slow'};

/** The colour of a status: ok, quiet (cancelled), slow (late or too much), bad (the server), caller (the request). */
export function toneOf(code) {
    return NAMES[code] ?? 'caller';
}

const MEANINGS = {
    CANCELLED: 'The call was cancelled, mostly by the caller.',
    UNKNOWN: 'The server failed in a way that it does not tell.',
    INVALID_ARGUMENT: 'The request is not one that can be answered.',
    DEADLINE_EXCEEDED: 'The deadline passed before the call ended.',
    NOT_FOUND: 'What the request asks for does not exist.',
    ALREADY_EXISTS: 'What should be made exists already.',
    PERMISSION_DENIED: 'This caller may not do this.',
    RESOURCE_EXHAUSTED: 'There is no room for this now: a full pool, a quota, a message too large.',
    FAILED_PRECONDITION: 'The system is not in a state for this.',
    ABORTED: 'Something else came in between.',
    OUT_OF_RANGE: 'This is past the end.',
    UNIMPLEMENTED: 'The server does not serve this method.',
    INTERNAL: 'Something broke that should not.',
    UNAVAILABLE: 'The server cannot be reached, or is leaving. Trying again may help.',
    DATA_LOSS: 'Data is lost or damaged.',
    UNAUTHENTICATED: 'The caller did not say who it is: set an identity above.',
};

/** What a status says, with its details; goTo(path) leads to a field of the request. */
export function statusCard(status, goTo) {
    return h('div', {class: `status-card ${toneOf(status.code)}`},
        h('div', {class: 'status-head'}, h('span', {class: 'status-name'}, status.name), h('span', {class: 'status-number'}, `code ${status.code}`)),
        h('p', {class: status.message ? 'status-message' : 'status-message muted'}, status.message || MEANINGS[status.name]),
        (status.details ?? []).map((detail) => detailCard(detail, goTo)));
}

function detailCard(detail, goTo) {
    const value = detail.json === undefined || detail.json === null ? null : JSON.parse(detail.json);
    const short = detail.type.slice(detail.type.lastIndexOf('.') + 1);
    const known = value && detail.type.startsWith('google.rpc.') ? READERS[short] : undefined;
    const body = known ? known(value, goTo) : h('pre', {class: 'code'}, detail.json ? colours(readable(detail.json)) : `base64: ${detail.base64}`);
    return h('div', {class: 'detail'}, h('div', {class: 'detail-head'}, h('span', null, short), h('small', null, detail.type)), body);
}

const pairs = (entries) => h('dl', {class: 'pairs'}, entries.filter(([, v]) => v !== undefined && v !== null && v !== '')
    .map(([k, v]) => [h('dt', null, k), h('dd', null, typeof v === 'object' && !(v instanceof Node) ? JSON.stringify(v) : v)]));

const list = (values) => h('ul', {class: 'detail-list'}, (values ?? []).map((value) => h('li', null, value)));

const READERS = {
    ErrorInfo: (v) => pairs([['reason', h('code', null, v.reason ?? '')], ['domain', v.domain], ...Object.entries(v.metadata ?? {})]),
    RetryInfo: (v) => pairs([['try again in', v.retryDelay]]),
    BadRequest: (v, goTo) => list((v.fieldViolations ?? []).map((one) => [
        h('button', {type: 'button', class: 'field-link', title: 'Go to the field', onclick: () => goTo(one.field ?? '')}, one.field || 'the message'),
        ' ', one.description, one.reason && h('small', null, ` ${one.reason}`)])),
    PreconditionFailure: (v) => list((v.violations ?? []).map((one) => [h('code', null, one.type ?? ''), ' ', one.subject, ': ', one.description])),
    QuotaFailure: (v) => list((v.violations ?? []).map((one) => [h('code', null, one.subject ?? ''), ' ', one.description])),
    RequestInfo: (v) => pairs([['request id', v.requestId], ['data', v.servingData]]),
    ResourceInfo: (v) => pairs([['type', v.resourceType], ['name', v.resourceName], ['owner', v.owner], ['description', v.description]]),
    LocalizedMessage: (v) => h('p', {lang: v.locale}, v.message),
    Help: (v) => list((v.links ?? []).map((one) => link(one.url, one.description))),
    DebugInfo: (v) => [h('p', null, v.detail), v.stackEntries?.length ? h('pre', {class: 'code'}, v.stackEntries.join('\n')) : null],
};

function link(url, text) {
    return /^https?:\/\//i.test(url ?? '') ? h('a', {href: url, target: '_blank', rel: 'noopener noreferrer'}, text || url, icon('link')) : `${text ?? ''} ${url ?? ''}`;
}
