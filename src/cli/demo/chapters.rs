//! What the demo tells, in chapters: each can be played alone, after the partner and the simulator
//! have met.

use clap::ValueEnum;

use super::stage::Stage;
use super::{cards, cure, enrolling, flow, money, outcomes, switch, test_events, users};

/// One chapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Chapter {
    /// The guide's flow: contact, enrollment, account, wallet, bonus, history
    Flow,
    /// Enrollments that come out otherwise: refused, half-way, on the sanctions list
    Outcomes,
    /// The identity check, and documents that cure it
    Cure,
    /// Plastic: in the mail, activated, paid with, paused, lost
    Cards,
    /// Users, and what they change
    Users,
    /// Features, savings, and what comes from other banks
    Money,
    /// The direct deposit switch and its printed form
    Switch,
    /// A test of the partner's webhook endpoint
    Webhooks,
}

impl Chapter {
    fn title(self) -> &'static str {
        match self {
            Self::Flow => "The example flow",
            Self::Outcomes => "When an enrollment comes out otherwise",
            Self::Cure => "When an identity has to be proved",
            Self::Cards => "The card",
            Self::Users => "The user",
            Self::Money => "More money",
            Self::Switch => "The wages",
            Self::Webhooks => "The webhook endpoint",
        }
    }

    /// Whether it is about a customer who is there already.
    fn needs_customer(self) -> bool {
        matches!(self, Self::Cards | Self::Users | Self::Money | Self::Switch)
    }

    /// Plays it. If it needs a customer and nobody has enrolled yet, somebody does.
    pub async fn play(self, stage: &mut Stage) -> anyhow::Result<()> {
        stage.story.chapter(self.title());
        if self.needs_customer() && stage.customer.is_none() {
            let person = enrolling::invent(stage).await?;
            enrolling::enroll(stage, &person, None).await?;
            enrolling::hear_of_it(stage).await?;
        }
        match self {
            Self::Flow => flow::play(stage).await,
            Self::Outcomes => outcomes::play(stage).await,
            Self::Cure => cure::play(stage).await,
            Self::Cards => cards::play(stage).await,
            Self::Users => users::play(stage).await,
            Self::Money => money::play(stage).await,
            Self::Switch => switch::play(stage).await,
            Self::Webhooks => test_events::play(stage).await,
        }
    }
}
