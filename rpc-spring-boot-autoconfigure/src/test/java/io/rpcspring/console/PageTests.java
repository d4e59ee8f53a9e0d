package io.rpcspring.console;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What a person does with the page: one class for the build, so that one process starts
 * one browser and one application for all of it.
 */
@Tag("slow")
@ExtendWith(PageVisits.class)
class PageTests {

    @Nested
    class Requests extends RequestsOfAPage {

    }

    @Nested
    class Calls extends CallsOfAPage {

    }

    @Nested
    class Looks extends LooksOfAPage {

    }

    @Nested
    class Copies extends CopiesOfAPage {

    }

    @Nested
    class Privacy extends PrivacyOfAPage {

    }

}
