package io.rpcspring.console;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * Sends frames to a tab, one after the other. Who sends waits until the browser has taken
 * it, which is the back-pressure of whoever made it.
 */
final class Outbox {

    private final WebSocketSession session;

    private final ReentrantLock lock = new ReentrantLock();

    Outbox(WebSocketSession session) {
        this.session = session;
    }

    /** What cannot be sent any more is of no use. */
    void send(Frame frame) {
        TextMessage text = new TextMessage(frame.toString());
        this.lock.lock();
        try {
            if (this.session.isOpen()) {
                this.session.sendMessage(text);
            }
        }
        catch (IOException | IllegalStateException ex) {
            close(CloseStatus.SESSION_NOT_RELIABLE);
        }
        finally {
            this.lock.unlock();
        }
    }

    /** Finds out whether the browser is there, unless it is being sent something. */
    void ping() {
        if (this.lock.tryLock()) {
            try {
                this.session.sendMessage(new PingMessage());
            }
            catch (IOException | IllegalStateException ex) {
                close(CloseStatus.SESSION_NOT_RELIABLE);
            }
            finally {
                this.lock.unlock();
            }
        }
    }

    void close(CloseStatus why) {
        try {
            this.session.close(why);
        }
        catch (IOException | IllegalStateException ex) {
            // It is closed already.
        }
    }

}
