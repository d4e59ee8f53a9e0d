package io.rpcspring.sample;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.springframework.stereotype.Component;

import io.rpcspring.sample.places.Note;

/**
 * Keeps the latest notes of each place.
 */
@Component
class NoteBoard {

    private static final int NOTES_PER_PLACE = 100;

    /** Guarded by this. */
    private final Map<String, Deque<Note>> notes = new HashMap<>();

    /**
     * Adds a note to its place.
     * @return the notes that were there before, the oldest first
     */
    synchronized List<Note> pin(String zone, Note note) {
        Deque<Note> atPlace = this.notes.computeIfAbsent(zone, (key) -> new ArrayDeque<>());
        List<Note> before = List.copyOf(atPlace);
        atPlace.addLast(note);
        if (atPlace.size() > NOTES_PER_PLACE) {
            atPlace.removeFirst();
        }
        return before;
    }

}
