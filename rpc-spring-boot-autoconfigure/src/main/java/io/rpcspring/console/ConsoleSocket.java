package io.rpcspring.console;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.TextWebSocketHandler;

/**
 * Hands what comes through WebSockets to their tabs.
 */
final class ConsoleSocket extends TextWebSocketHandler {

    private static final CloseStatus TOO_MANY = CloseStatus.SERVICE_OVERLOAD.withReason("Too many tabs are open");

    private final Console console;

    ConsoleSocket(Console console) {
        this.console = console;
    }

    /** The container's own buffer would have to have the size of the largest frame. */
    @Override
    public boolean supportsPartialMessages() {
        return true;
    }

    @Override
    public void afterConnectionEstablished(WebSocketSession session) throws Exception {
        if (this.console.open(session) == null) {
            session.close(TOO_MANY);
        }
    }

    @Override
    protected void handleTextMessage(WebSocketSession session, TextMessage message) throws Exception {
        Tab tab = this.console.tab(session);
        if (tab != null && !tab.receive(message.getPayload(), message.isLast())) {
            session.close(CloseStatus.TOO_BIG_TO_PROCESS);
        }
    }

    @Override
    protected void handlePongMessage(WebSocketSession session, PongMessage message) {
        Tab tab = this.console.tab(session);
        if (tab != null) {
            tab.hear();
        }
    }

    /** A connection that fails ends, of which the tab is told below. */
    @Override
    public void handleTransportError(WebSocketSession session, Throwable exception) throws Exception {
        if (session.isOpen()) {
            session.close(CloseStatus.SERVER_ERROR);
        }
    }

    @Override
    public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
        this.console.close(session);
    }

}
