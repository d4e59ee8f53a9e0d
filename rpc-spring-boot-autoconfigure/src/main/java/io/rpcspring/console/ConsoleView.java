package io.rpcspring.console;

import org.jspecify.annotations.Nullable;

import io.rpcspring.server.ServerReport;

/**
 * What the console shows of its server, the same to all tabs.
 */
final class ConsoleView {

    private final ConsoleSettings settings;

    private final ConsoleSubject subject;

    private final Schema schema;

    private final PageToken token = PageToken.random();

    private volatile @Nullable Catalogue catalogue;

    ConsoleView(ConsoleSettings settings, ConsoleSubject subject, Schema schema) {
        this.settings = settings;
        this.subject = subject;
        this.schema = schema;
    }

    /** It may serve something else than before. */
    void serverStarted() {
        this.catalogue = null;
    }

    PageToken token() {
        return this.token;
    }

    /** What a page needs before it opens its socket. */
    Frame session() {
        return Frame.nameless().with("token", this.token.text()).with("application", this.subject.application());
    }

    Frame hello(@Nullable String user) {
        return Frame.of("hello")
            .with("version", 1)
            .with("application", this.subject.application())
            .with("user", user)
            .with("state", this.subject.server().report().state())
            .with("address", this.subject.address())
            .with("limits", this.settings.limits())
            .with("security", this.subject.secured())
            .with("services", catalogue().services());
    }

    Catalogue catalogue() {
        Catalogue known = this.catalogue;
        if (known != null) {
            return known;
        }
        Catalogue fresh = Catalogue.of(this.subject.server(), this.schema.comments());
        if (this.subject.server().report().state() != ServerReport.State.STOPPED) {
            this.catalogue = fresh;
        }
        return fresh;
    }

    Schema schema() {
        return this.schema;
    }

    Board board() {
        return this.subject.board();
    }

    ConsoleSettings settings() {
        return this.settings;
    }

}
