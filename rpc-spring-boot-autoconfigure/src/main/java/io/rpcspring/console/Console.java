package io.rpcspring.console;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;

/**
 * The page on which people try every method of the server: runs, and knows its tabs.
 * <p>
 * It stops after the server, whose calls have their time to end, and before the web
 * server, which would wait for the tabs.
 */
public final class Console implements SmartLifecycle {

    /** The web server's graceful way out begins at 1024 below the last. */
    private static final int PHASE = Integer.MAX_VALUE - 512;

    private final ConsoleView view;

    private final CallWatch watch;

    private final String door;

    private final Map<String, Tab> tabs = new ConcurrentHashMap<>();

    private volatile @Nullable ConsoleRun run;

    /**
     * Creates a console without tabs.
     * @param settings where it is, and what a tab may cost
     * @param subject what it shows
     * @param watch recognizes the console's calls on the server
     * @param door the name of an in-process way into the server
     * @param rules that messages are checked against
     * @param classPath has the comments of protos
     */
    public Console(ConsoleSettings settings, ConsoleSubject subject, CallWatch watch, String door, KnownRules rules,
            ClassLoader classPath) {
        this.view = new ConsoleView(settings, subject, new Schema(Comments.on(classPath), rules));
        this.watch = watch;
        this.door = door;
    }

    @Override
    public synchronized void start() {
        if (this.run == null) {
            this.run = new ConsoleRun(new InnerChannel(this.door, this.watch), this.view.settings().heartbeat().tick(),
                    this::tick);
        }
    }

    /** Tabs hear of the end of their calls before they are closed. */
    @Override
    public synchronized void stop() {
        ConsoleRun running = this.run;
        if (running != null) {
            this.run = null;
            running.close();
        }
        this.tabs.values().forEach((tab) -> tab.end(CloseStatus.GOING_AWAY));
    }

    @Override
    public boolean isRunning() {
        return this.run != null;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    /** The server was started, and may serve something else than before. */
    public void serverStarted() {
        this.view.serverStarted();
        ConsoleRun running = this.run;
        if (running != null) {
            running.channel().serverIsThere();
            this.tabs.values().forEach((tab) -> running.channel().execute(tab::sayHello));
        }
    }

    private void tick() {
        ConsoleRun running = this.run;
        if (running != null && !this.tabs.isEmpty()) {
            Frame figures = this.tabs.values().stream().anyMatch(Tab::isWatching) ? this.view.board().now() : null;
            this.tabs.values().forEach((tab) -> running.channel().execute(() -> tab.tick(figures)));
        }
    }

    /** A page has come; null if there are too many or none are taken. */
    @Nullable Tab open(WebSocketSession session) {
        if (this.run == null || this.tabs.size() >= ConsoleSettings.TABS) {
            return null;
        }
        Outbox out = new Outbox(session);
        Tab tab = new Tab(out, new TabRequests(this, out, session.getPrincipal()), this.view.settings());
        this.tabs.put(session.getId(), tab);
        return tab;
    }

    @Nullable Tab tab(WebSocketSession session) {
        return this.tabs.get(session.getId());
    }

    void close(WebSocketSession session) {
        Tab tab = this.tabs.remove(session.getId());
        if (tab != null) {
            tab.close();
        }
    }

    /**
     * The way to the server.
     * @throws IllegalArgumentException if the console has stopped meanwhile
     */
    InnerChannel channel() {
        ConsoleRun running = this.run;
        if (running == null) {
            throw new IllegalArgumentException("The console stops");
        }
        return running.channel();
    }

    ConsoleView view() {
        return this.view;
    }

}
