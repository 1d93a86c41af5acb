//! Seeds of simulators that a command starts: read before anything runs, made before anybody is
//! told that the simulator is ready.

use std::path::Path;

use anyhow::{Context, bail};

use super::client;
use crate::app::Sim;
use crate::lifecycle::Lifecycle;
use crate::scenarios::Stage;
use crate::scenarios::seed::{self, Existing, SeedState, Seeds};

/// The seed in a file.
pub(super) fn read(file: &Path) -> anyhow::Result<Seeds> {
    let name = file.display();
    let text = client::read_input(&name.to_string())?;
    seed::read(&text).map_err(|problem| anyhow::anyhow!("{name}:{problem}"))
}

/// Makes the programs of a seed. The simulator answers calls meanwhile, and says that it is not
/// ready; so it does if they cannot be made, and its log says why.
pub(super) fn begin_with(lifecycle: &Lifecycle, sim: &Sim, seeds: Seeds) -> anyhow::Result<()> {
    let stage = Stage::of(sim, sim.router()).map_err(anyhow::Error::msg)?;
    // Begun here and not in the task, so that nobody finds the simulator ready before.
    let sowing = sim.seeding.begin(true).context("a seed is being made")?;
    let soft = lifecycle.soft();
    let sown = async move {
        let status = tokio::select! {
            status = sowing.sow(&stage, &seeds, Existing::Keep) => status,
            () = soft.cancelled() => return,
        };
        for program in &status.programs {
            match &program.problem {
                None => tracing::info!(program = program.program_code, "seeded"),
                Some(problem) => {
                    tracing::error!(program = program.program_code, "not seeded: {problem}");
                }
            }
        }
        if status.state == SeedState::Done {
            tracing::info!("the seed is made");
        }
    };
    lifecycle.spawn_errand("seed", sown);
    Ok(())
}

/// Makes the programs of a seed, and comes back when they are there.
pub(super) async fn make(sim: &Sim, seeds: &Seeds) -> anyhow::Result<()> {
    let stage = Stage::of(sim, sim.router()).map_err(anyhow::Error::msg)?;
    let sowing = sim.seeding.begin(true).context("a seed is being made")?;
    let status = sowing.sow(&stage, seeds, Existing::Keep).await;
    for program in &status.programs {
        if let Some(problem) = &program.problem {
            bail!("program {} of the seed could not be made: {problem}", program.program_code);
        }
    }
    Ok(())
}
