// JSON whose numbers stay as they are written: 9007199254740993 is not rounded. Objects are Maps, in their order.

/** A number as it stands in a text. */
export class Num {
    constructor(text) {
        this.text = text;
    }
}

/** What is wrong with a text, and where. */
export class JsonError extends Error {
    constructor(message, offset) {
        super(message);
        this.offset = offset;
    }
}

/**
 * Reads a text. `marks` tell where each value stands: {path, start, end, key: [start, end]}, an outer one before its inner ones.
 */
export function parse(text) {
    let at = 0;
    let depth = 0;
    const marks = [];

    const fail = (message, offset = at) => {
        throw new JsonError(message, offset);
    };
    const blank = () => {
        while (at < text.length && ' \t\n\r'.includes(text[at])) {
            at++;
        }
    };
    const found = () => (at >= text.length ? 'the end' : `'${text[at]}'`);

    function value(path, key) {
        blank();
        const mark = {path, start: at, end: at, key};
        marks.push(mark);
        const result = plain(path);
        mark.end = at;
        return result;
    }

    function plain(path) {
        const c = text[at];
        if (c === '{' || c === '[') {
            if (++depth > 100) {
                fail('Nested more than 100 deep');
            }
            const result = c === '{' ? object(path) : array(path);
            depth--;
            return result;
        }
        if (c === '"') {
            return string();
        }
        for (const [word, meaning] of [['true', true], ['false', false], ['null', null]]) {
            if (text.startsWith(word, at)) {
                at += word.length;
                return meaning;
            }
        }
        const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
        number.lastIndex = at;
        const match = number.exec(text);
        if (!match) {
            fail(c === undefined ? 'A value is missing at the end' : `A value is expected, found ${found()}`);
        }
        at += match[0].length;
        return new Num(match[0]);
    }

    function object(path) {
        const result = new Map();
        const start = at++;
        blank();
        if (text[at] === '}') {
            at++;
            return result;
        }
        for (;;) {
            blank();
            if (text[at] !== '"') {
                fail(at >= text.length ? 'This { is not closed' : `A name in double quotes is expected, found ${found()}`,
                    at >= text.length ? start : at);
            }
            const keyStart = at;
            const name = string();
            const keyEnd = at;
            if (result.has(name)) {
                fail(`'${name}' stands twice`, keyStart);
            }
            blank();
            if (text[at] !== ':') {
                fail(`A colon is expected after "${name}", found ${found()}`);
            }
            at++;
            result.set(name, value([...path, name], [keyStart, keyEnd]));
            blank();
            if (text[at] === ',') {
                at++;
            } else if (text[at] === '}') {
                at++;
                return result;
            } else {
                fail(at >= text.length ? 'This { is not closed' : `A comma or } is expected, found ${found()}`, at >= text.length ? start : at);
            }
        }
    }

    function array(path) {
        const result = [];
        const start = at++;
        blank();
        if (text[at] === ']') {
            at++;
            return result;
        }
        for (;;) {
            result.push(value([...path, result.length]));
            blank();
            if (text[at] === ',') {
                at++;
            } else if (text[at] === ']') {
                at++;
                return result;
            } else {
                fail(at >= text.length ? 'This [ is not closed' : `A comma or ] is expected, found ${found()}`, at >= text.length ? start : at);
            }
        }
    }

    function string() {
        const start = at++;
        while (text[at] !== '"') {
            if (at >= text.length || text[at] === '\n') {
                fail('This text is not closed by "', start);
            }
            at += text[at] === '\\' ? 2 : 1;
        }
        at++;
        try {
            return JSON.parse(text.slice(start, at));
        } catch {
            return fail('This text has a character or an escape that JSON does not know', start);
        }
    }

    const result = value([]);
    blank();
    if (at < text.length) {
        fail(`Nothing is expected behind the value, found ${found()}`);
    }
    return {value: result, marks};
}

export function print(value, indent = '  ', margin = '') {
    const inner = margin + indent;
    const [open, glue, close] = indent ? [`\n${inner}`, `,\n${inner}`, `\n${margin}`] : ['', ', ', ''];
    if (value instanceof Num) {
        return value.text;
    }
    if (value instanceof Map) {
        return value.size === 0 ? '{}'
            : `{${open}${[...value].map(([name, v]) => `${JSON.stringify(name)}: ${print(v, indent, inner)}`).join(glue)}${close}}`;
    }
    if (Array.isArray(value)) {
        return value.length === 0 ? '[]' : `[${open}${value.map((v) => print(v, indent, inner)).join(glue)}${close}]`;
    }
    return JSON.stringify(value);
}

/** A text in one of the two layouts; one that is no JSON stays as it is. */
export function layout(text, indent) {
    try {
        return print(parse(text).value, indent);
    } catch {
        return text;
    }
}

/** A text whose <, >, &, = and ' stand as themselves: servers write them for pages that make HTML of it. */
export function readable(text) {
    return text.replace(/\\(?:\\|u00(3c|3e|26|3d|27))/gi, (escape, code) => (code ? String.fromCharCode(parseInt(code, 16)) : escape));
}

export function lineOf(text, offset) {
    return text.slice(0, offset).split('\n').length;
}

const TOKENS = /("(?:[^"\\\n]|\\.)*"?)(\s*:)?|-?\d[\d.eE+-]*|\b(?:true|false|null)\b/g;

/** The pieces of a text with the kind of each: [[piece, 'key' | 'text' | 'number' | 'word' | '']]. */
export function tokens(text) {
    const result = [];
    let at = 0;
    for (const match of text.matchAll(TOKENS)) {
        if (match.index > at) {
            result.push([text.slice(at, match.index), '']);
        }
        if (match[1] !== undefined) {
            result.push([match[1], match[2] === undefined ? 'text' : 'key']);
            if (match[2] !== undefined) {
                result.push([match[2], '']);
            }
        } else {
            result.push([match[0], /^[-\d]/.test(match[0]) ? 'number' : 'word']);
        }
        at = match.index + match[0].length;
    }
    result.push([text.slice(at), '']);
    return result;
}
